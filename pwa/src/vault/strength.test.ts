import { expect, test } from 'vitest'
import { dropAuthenticator, findAuthenticator, keepUnderAuthenticator, openWithAuthenticator } from './authenticator'
import { newPassword } from './main-key'
import type { MainKeyRow } from './rows'
import { addSuite, importKey, open, openJson, randomBytes, seal, sealJson, type Suite } from './suite'
import { bodyOf, fileId, makeTestVault, passwordAgain, quickDerive, type TestVault } from './testing/vaults'
import { openMain, openWithFieldCode, openWithPassword, renewFieldCode, replacePassword } from './unlock'
import { toBase64url } from '../sync/signatures'

const rowOf = async ({ database }: TestVault): Promise<MainKeyRow> => (await database.get('keys', 'main')) as MainKeyRow

test('a field code that was replaced opens nothing, though its old key copy is put back', async () => {
  const made = await makeTestVault()
  const before = await rowOf(made)
  await renewFieldCode(quickDerive, made.vault)
  const code = made.vault.secrets!.field_code
  await made.database.put('keys', before)
  await expect(openWithFieldCode(quickDerive, made.database, made.fieldCode)).rejects.toMatchObject({ code: 'downgrade' })
  await made.database.put('keys', { ...before, field_code: (await rowOf(made)).field_code })
  await expect(openWithFieldCode(quickDerive, made.database, code)).rejects.toMatchObject({ code: 'wrong_secret' })
})

test('a copy that takes less work than the vault remembers is refused, whatever it opens', async () => {
  const made = await makeTestVault()
  const row = await rowOf(made)
  const { secrets } = made.vault
  expect(secrets?.strength).toEqual({ suite: 1, password: expect.objectContaining({ t: row.password!.kdf.t }), field_code: { m_kib: 65536, t: 3, p: 1 } })
  const stronger = { ...secrets!, strength: { ...secrets!.strength!, password: { m_kib: 65536, t: 9, p: 1 } } }
  await made.database.put('state', { id: 'secrets', body: await sealJson(made.vault.ownKey, stronger, { store: 'state', id: 'secrets' }) })
  await expect(openWithPassword(made.database, made.password, made.share)).rejects.toMatchObject({ code: 'downgrade', record: 'strength' })
})

test('a new password opens, the forgotten one does not, the field code still does', async () => {
  const made = await makeTestVault()
  await made.vault.commit({ files: [{ body: bodyOf(fileId(1), 'kept'), rev: 0, line: {} }] })
  const share = randomBytes(32)
  const fresh = await newPassword(quickDerive, '院子里有三棵枣树结果了')
  await replacePassword(made.vault, fresh, share)
  const again = await passwordAgain((await rowOf(made)).password!.kdf, '院子里有三棵枣树结果了')
  expect((await (await openWithPassword(made.database, again, share)).readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe('kept')
  await expect(openWithPassword(made.database, made.password, made.share)).rejects.toMatchObject({ code: 'wrong_secret' })
  await openWithFieldCode(quickDerive, made.database, made.fieldCode)
})

test('what the authenticator answers opens the vault; another answer, salt or credential does not; taken away, nothing of it stays', async () => {
  const made = await makeTestVault()
  const answer = { credential: 'cred', salt: toBase64url(randomBytes(32)), secret: randomBytes(32) }
  await keepUnderAuthenticator(made.vault, answer, 1)
  expect((await openWithAuthenticator(made.database, answer)).secrets?.replica).toBe(made.vault.secrets?.replica)
  await expect(openWithAuthenticator(made.database, { ...answer, secret: randomBytes(32) })).rejects.toMatchObject({ code: 'wrong_secret' })
  await expect(openWithAuthenticator(made.database, { ...answer, credential: 'other' })).rejects.toMatchObject({ code: 'not_found' })
  const row = await rowOf(made)
  await made.database.put('keys', { ...row, authenticator: { ...row.authenticator!, salt: toBase64url(randomBytes(32)) } })
  await expect(openWithAuthenticator(made.database, answer)).rejects.toMatchObject({ code: 'wrong_secret' })
  await made.database.put('keys', row)
  await dropAuthenticator(made.vault)
  expect(await findAuthenticator(made.database)).toBeNull()
  await expect(openWithAuthenticator(made.database, answer)).rejects.toMatchObject({ code: 'not_found' })
})

test('an authenticator that answers with less than it should is not taken', async () => {
  const made = await makeTestVault()
  await expect(keepUnderAuthenticator(made.vault, { credential: 'c', salt: toBase64url(randomBytes(32)), secret: randomBytes(16) }, 1)).rejects.toMatchObject({ code: 'downgrade' })
})

/** Not a cipher: enough of one to see that the vault asks the suite for everything. */
const INVENTED: Suite = {
  id: 2,
  aead: {
    ivBytes: 16,
    importKey: (raw) => crypto.subtle.importKey('raw', raw as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt']),
    seal: async (key, iv, plain, bound) => new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: iv as BufferSource, additionalData: bound as BufferSource }, key, plain as BufferSource)),
    open: async (key, iv, data, bound) => new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: iv as BufferSource, additionalData: bound as BufferSource }, key, data as BufferSource)),
  },
  expand: async (secret) => new Uint8Array(await crypto.subtle.digest('SHA-256', secret as BufferSource)),
}

test('a later suite joins: old records open, new ones are sealed with it, and without it they are refused, not misread', async () => {
  const place = { store: 'state', id: 'x' }
  const key = await importKey(randomBytes(32))
  const old = await seal(key, new TextEncoder().encode('old'), place)
  const leave = addSuite(INVENTED)
  const fresh = await sealJson(key, { words: 'new' }, place)
  expect([old.suite, fresh.suite, fresh.iv.length]).toEqual([1, 2, 16])
  expect(new TextDecoder().decode(await open(key, old, place))).toBe('old')
  expect(await openJson(key, fresh, place)).toEqual({ words: 'new' })
  await expect(open(key, { ...fresh, suite: 1 }, place)).rejects.toMatchObject({ code: 'damaged' })
  const made = await makeTestVault()
  const raw = made.vault.rawVaultKey.slice()
  const row = await rowOf(made)
  expect(row.field_code.wrapped.suite).toBe(2)
  await made.database.put('keys', { ...row, field_code: { ...row.field_code, wrapped: { ...row.field_code.wrapped, suite: 1 } } })
  await expect(openMain(made.database, raw.slice())).rejects.toMatchObject({ code: 'downgrade' })
  leave()
  await made.database.put('keys', row)
  await expect(openMain(made.database, raw.slice())).rejects.toMatchObject({ code: 'downgrade' })
  await expect(open(key, fresh, place)).rejects.toMatchObject({ code: 'downgrade' })
})
