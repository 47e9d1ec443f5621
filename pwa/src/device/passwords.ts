/** A new password for the open main vault, where the old one was forgotten or shall go: the server's half is made anew with it. */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { newPassword, replacePassword } from '../vault'
import { PASSWORD_CHARACTERS_MIN } from './typed'
import { DeviceError } from './errors'
import type { Phone } from './phone'

export async function setPassword(phone: Phone, password: string): Promise<void> {
  const vault = phone.mustMain()
  if (Array.from(password).length < PASSWORD_CHARACTERS_MIN) throw new DeviceError('invalid', 'the password is too short', { field: 'password' })
  await phone.ensureSession('read')
  const keys = await newPassword(phone.derive, password)
  const replica = vault.secrets?.replica ?? ''
  const { share } = await phone.calls.setPassword({ replica, auth: null, new_auth: toBase64url(keys.auth), kdf: keys.kdf })
  await phone.exclusively(() => replacePassword(vault, keys, fromBase64url(share)))
}
