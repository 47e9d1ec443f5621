/**
 * The main vault's random key and its two wrapped copies: under HKDF(Argon2id(password) ‖ server share) and under the generated
 * field code. Everything that decides how hard a copy is to open is authenticated with it.
 */
import { VaultError } from './errors'
import { calibrate, checkParameters, CODE_WORK, newParameters, PASSWORD_FLOOR, type Derive, type KdfParameters } from './kdf'
import type { MainKeyRow, Wrap } from './rows'
import { hkdf, importKey, join, open, randomBytes, seal, type Place } from './suite'

export const FIELD_CODE_DIGITS = 12

/** What a password turns into: the proof for the server, and half of the wrapping key. */
export interface PasswordKeys {
  kdf: KdfParameters
  auth: Uint8Array
  half: Uint8Array
}

export async function derivePassword(derive: Derive, password: string, kdf: KdfParameters): Promise<PasswordKeys> {
  checkParameters(kdf, PASSWORD_FLOOR)
  const half = await derive(password, kdf)
  return { kdf, half, auth: await hkdf(half, 'auth') }
}

/** `salt`: that of the password before, where the server must see whether it is the same one again. */
export async function newPassword(derive: Derive, password: string, salt?: string): Promise<PasswordKeys> {
  const kdf = await calibrate(derive)
  return derivePassword(derive, password, salt ? { ...kdf, salt } : kdf)
}

/** Twelve digits from 40 random bits' worth: generated, never chosen. */
export function newFieldCode(): string {
  let code = ''
  while (code.length < FIELD_CODE_DIGITS) {
    // 250 = 25 * 10: no digit is likelier than another
    for (const byte of randomBytes(16)) if (byte < 250 && code.length < FIELD_CODE_DIGITS) code += String(byte % 10)
  }
  return code
}

export interface KeyOwner {
  person: string
  replica: string
}

export async function wrapUnderPassword(vaultKey: Uint8Array, keys: PasswordKeys, share: Uint8Array, owner: KeyOwner): Promise<Wrap> {
  const kek = await importKey(await hkdf(join(keys.half, share), 'kek'))
  return { kdf: keys.kdf, wrapped: await seal(kek, vaultKey, placeOf('password', keys.kdf, owner)) }
}

export async function unwrapWithPassword(row: MainKeyRow, keys: PasswordKeys, share: Uint8Array): Promise<Uint8Array> {
  if (!row.password) throw new VaultError('not_found', 'password')
  const kek = await importKey(await hkdf(join(keys.half, share), 'kek'))
  return unwrap(kek, row.password, placeOf('password', row.password.kdf, row))
}

export async function wrapUnderFieldCode(derive: Derive, vaultKey: Uint8Array, code: string, owner: KeyOwner): Promise<Wrap> {
  const kdf = newParameters(CODE_WORK)
  const kek = await importKey(await derive(code, kdf))
  return { kdf, wrapped: await seal(kek, vaultKey, placeOf('field_code', kdf, owner)) }
}

/** Spaces and dashes that people type between groups do not matter. */
export async function unwrapWithFieldCode(derive: Derive, row: MainKeyRow, typed: string): Promise<Uint8Array> {
  checkParameters(row.field_code.kdf, CODE_WORK)
  const kek = await importKey(await derive(typed.normalize('NFKC').replace(/[^0-9]/g, ''), row.field_code.kdf))
  return unwrap(kek, row.field_code, placeOf('field_code', row.field_code.kdf, row))
}

async function unwrap(kek: CryptoKey, wrap: Wrap, place: Place): Promise<Uint8Array> {
  try {
    return await open(kek, wrap.wrapped, place)
  } catch (error) {
    // A wrong secret and a changed parameter look the same, and that is the point.
    if (error instanceof VaultError && error.code === 'damaged') throw new VaultError('wrong_secret')
    throw error
  }
}

function placeOf(id: string, kdf: KdfParameters, owner: KeyOwner): Place {
  return { store: 'keys', id, salt: kdf.salt, m_kib: kdf.m_kib, t: kdf.t, p: kdf.p, person: owner.person, replica: owner.replica }
}
