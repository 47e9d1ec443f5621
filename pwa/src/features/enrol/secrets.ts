/** Which passwords and PINs are too easy to guess. Answers are codes with words in `i18n/…/enrol.json`. Pure. */

export const PASSWORD_CHARACTERS_MIN = 10
export const PIN_DIGITS = 6

/** Beginnings that fill the top of every list of leaked passwords; what is left after taking them away must still be long. */
const COMMON = [
  'password', 'passw0rd', 'qwertyuiop', 'qwerty', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r5t', '1q2w3e4r', '1qaz2wsx', 'iloveyou', 'woaini1314', 'woaini',
  'admin', 'administrator', 'welcome', 'letmein', 'abcd1234', 'abc123', 'a123456', 'aa123456', 'qq123456', 'shegong', 'yihu', '5201314', '1314520', '147258369', '123456789', '987654321',
] // prettier-ignore

export type PasswordFault = 'short' | 'common' | 'plain' | 'name'

function isRun(text: string): boolean {
  let same = 0
  let up = 0
  let down = 0
  for (let i = 1; i < text.length; i += 1) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1)
    if (step === 0) same += 1
    if (step === 1) up += 1
    if (step === -1) down += 1
  }
  return Math.max(same, up, down) >= text.length - 2
}

/** A password protects the whole vault online: long, not common, not one character or a run, not the person's own name. */
export function passwordFault(password: string, names: readonly string[] = []): PasswordFault | null {
  const characters = Array.from(password)
  if (characters.length < PASSWORD_CHARACTERS_MIN) return 'short'
  const plain = password.toLowerCase()
  if (new Set(Array.from(plain)).size < 5 || isRun(plain)) return 'plain'
  const rest = COMMON.reduce((left, word) => left.split(word).join(''), plain)
  if (Array.from(rest).length < 4) return 'common'
  if (names.some((name) => name.length > 1 && plain.includes(name.toLowerCase()) && characters.length - Array.from(name).length < 6)) return 'name'
  return null
}

export type PinFault = 'digits' | 'plain' | 'date'

export function pinFault(pin: string): PinFault | null {
  if (!/^\d{6}$/.test(pin)) return 'digits'
  const half = pin.slice(0, 3)
  const pair = pin.slice(0, 2)
  if (isRun(pin) || new Set(Array.from(pin)).size < 3 || half + half === pin || pair + pair + pair === pin) return 'plain'
  const month = Number(pin.slice(2, 4))
  const day = Number(pin.slice(4, 6))
  if (month >= 1 && month <= 12 && day >= 1 && day <= 31) return 'date' // yymmdd: the first thing a thief tries
  return null
}

/** 123456789012 → 123 456 789 012 */
export function groups(code: string): string[] {
  return code.match(/.{1,3}/g) ?? []
}

/** The code out of a link, a typed line or a pasted message. */
export function readCode(text: string): string {
  const inLink = /[?#&](?:code=)?([A-Za-z0-9_-]{6,})/.exec(text)
  const plain = text.normalize('NFKC')
  return inLink && /^https?:/i.test(plain.trim()) ? inLink[1]! : plain.replace(/\s/g, '')
}
