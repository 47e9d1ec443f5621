/** A new password for the open main vault, where the old one was forgotten or shall go: the server's half is made anew with it. */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { newPassword, readMainRow, replacePassword } from '../vault'
import { PASSWORD_CHARACTERS_MIN } from './typed'
import { DeviceError } from './errors'
import { checkPassword } from './password-rules'
import type { Phone } from './phone'

export async function setPassword(phone: Phone, password: string): Promise<void> {
  const vault = phone.mustMain()
  if (Array.from(password).length < PASSWORD_CHARACTERS_MIN) throw new DeviceError('invalid', 'the password is too short', { field: 'password' })
  const profile = phone.mustPolicy().profile
  await checkPassword(password, profile)
  await phone.ensureSession('read')
  // Where former passwords are not taken again, the server knows them by their proof, which takes the same salt.
  const keys = await newPassword(phone.derive, password, profile?.kept_former ? (await readMainRow(vault.database)).password?.kdf.salt : undefined)
  const replica = vault.secrets?.replica ?? ''
  const { share } = await phone.calls.setPassword({ replica, auth: null, new_auth: toBase64url(keys.auth), kdf: keys.kdf })
  await phone.exclusively(() => replacePassword(vault, keys, fromBase64url(share)))
}
