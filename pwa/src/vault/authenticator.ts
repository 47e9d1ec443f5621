/**
 * A fourth copy of the vault key, under what the phone's own authenticator answers (WebAuthn with PRF: fingerprint, face or screen lock
 * in the phone's hardware). Offered, never needed: the password and the field code stay. Talking to the authenticator is the device's.
 */
import { fromBase64url } from '../sync/signatures'
import { VaultError } from './errors'
import type { OpenVault } from './open-vault'
import type { VaultDatabase } from './database'
import type { AuthenticatorWrap, MainKeyRow } from './rows'
import { hkdf, importKey, open, seal, type Place } from './suite'
import { openMain, putMainRow, readMainRow } from './unlock'

const ANSWER_BYTES = 32

export interface Answer {
  credential: string // base64url
  salt: string // base64url
  secret: Uint8Array // of the authenticator, for this salt
}

export async function findAuthenticator(database: VaultDatabase): Promise<AuthenticatorWrap | null> {
  return (await readMainRow(database)).authenticator ?? null
}

export async function keepUnderAuthenticator(vault: OpenVault, answer: Answer, at: number): Promise<void> {
  const row = await readMainRow(vault.database)
  const { credential, salt } = answer
  const wrapped = await seal(await keyOf(answer), vault.rawVaultKey, placeOf(row, credential, salt))
  await putMainRow(vault, { ...row, authenticator: { credential, salt, at, wrapped } })
}

export async function dropAuthenticator(vault: OpenVault): Promise<void> {
  await putMainRow(vault, { ...(await readMainRow(vault.database)), authenticator: null })
}

export async function openWithAuthenticator(database: VaultDatabase, answer: Answer): Promise<OpenVault> {
  const row = await readMainRow(database)
  const wrap = row.authenticator
  if (!wrap || wrap.credential !== answer.credential) throw new VaultError('not_found', 'authenticator')
  try {
    return await openMain(database, await open(await keyOf(answer), wrap.wrapped, placeOf(row, wrap.credential, wrap.salt)))
  } catch (error) {
    if (error instanceof VaultError && error.code === 'damaged' && error.record === 'authenticator') throw new VaultError('wrong_secret')
    throw error
  }
}

async function keyOf({ secret, salt }: Answer): Promise<CryptoKey> {
  if (secret.length !== ANSWER_BYTES || fromBase64url(salt).length < ANSWER_BYTES) throw new VaultError('downgrade', 'authenticator')
  return importKey(await hkdf(secret, 'authenticator'))
}

function placeOf(row: MainKeyRow, credential: string, salt: string): Place {
  return { store: 'keys', id: 'authenticator', credential, salt, person: row.person, replica: row.replica }
}
