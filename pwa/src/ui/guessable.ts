/** Which passwords and PINs are the first guesses. Answers are codes that screens put into words. Pure. */

export const PASSWORD_CHARACTERS_MIN = 10

/** Stems that fill the top of every list of leaked passwords; what is left after taking them away must still be long. */
const COMMON = [
  ...['password', 'passw0rd', 'qwertyuiop', 'qwerty', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r5t', '1q2w3e4r', '1qaz2wsx', 'iloveyou'],
  ...['woaini1314', 'woaini', 'administrator', 'admin', 'welcome', 'letmein', 'abcd1234', 'abc123', 'aa123456', 'a123456'],
  ...['qq123456', 'shegong', 'yihu', '5201314', '1314520', '147258369', '123456789', '987654321', '123456', '111111', '888888'],
]

export type PasswordFault = 'short' | 'common' | 'plain' | 'name'

function isRun(text: string): boolean {
  const counts: Record<string, number> = {}
  for (let i = 1; i < text.length; i += 1) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1)
    if (Math.abs(step) <= 1) counts[step] = (counts[step] ?? 0) + 1
  }
  return Math.max(0, ...Object.values(counts)) >= text.length - 2
}

/** A password protects the whole vault online: long, not common, not one character or a run, not the person's own name. */
export function passwordFault(password: string, names: readonly string[] = []): PasswordFault | null {
  const characters = Array.from(password)
  if (characters.length < PASSWORD_CHARACTERS_MIN) return 'short'
  const plain = password.toLowerCase()
  if (new Set(Array.from(plain)).size < 5 || isRun(plain)) return 'plain'
  const rest = COMMON.reduce((left, word) => left.split(word).join(''), plain)
  if (Array.from(rest).length < 4) return 'common'
  const own = names.find((name) => name.length > 1 && plain.includes(name.toLowerCase()))
  return own && characters.length - Array.from(own).length < 6 ? 'name' : null
}

export type PinFault = 'digits' | 'plain' | 'date'

export function pinFault(pin: string): PinFault | null {
  if (!/^\d{6}$/.test(pin)) return 'digits'
  if (isRun(pin) || new Set(Array.from(pin)).size < 3 || pin.slice(0, 3) === pin.slice(3) || pin.slice(0, 2).repeat(3) === pin) return 'plain'
  const month = Number(pin.slice(2, 4))
  const day = Number(pin.slice(4, 6))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? 'date' : null // yymmdd: the first thing a thief tries
}
