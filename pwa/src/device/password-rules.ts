/** What a station asks of a password beside its length: kinds of characters (profile mlps), and none that attackers try first. */
import { DeviceError } from './errors'
import type { Profile } from './policy'

const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u]

const SAY = {
  password_short: { zh: '密码太短，请再长一些。', en: 'The password is too short.' },
  password_classes: { zh: '本站要求密码里有小写字母、大写字母、数字、其他字符中的三种。', en: 'The station asks for three of: small letters, capitals, digits, other characters.' },
  password_common: { zh: '这个密码在别人最先猜的名单里，请换一句只有您知道的话。', en: 'This password is among the first that are guessed. Choose a sentence of your own.' },
}

let common: Promise<ReadonlySet<string>> | null = null

/** The list is fetched when it is needed: whoever sets a password has a network. Without it nobody is kept from going on. */
async function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('../records/generated/common_passwords.json').then(
    (found) => new Set(found.default.split(' ')),
    () => new Set<string>(),
  )
  return common
}

/** Throws `password_short`, `password_classes` or `password_common`. */
export async function checkPassword(password: string, profile: Profile | undefined): Promise<void> {
  const fail = (code: keyof typeof SAY): never => {
    throw new DeviceError(code, 'password', { field: 'password' }, SAY[code])
  }
  if (Array.from(password).length < (profile?.password_length_min ?? 0)) fail('password_short')
  if (CLASSES.filter((one) => one.test(password)).length < (profile?.password_classes_min ?? 0)) fail('password_classes')
  if ((profile?.refuse_common ?? 1) && (await commonPasswords()).has(password.toLowerCase())) fail('password_common')
}
