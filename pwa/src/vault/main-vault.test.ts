import { describe, expect, test } from 'vitest'
import { openVaultDatabase, write } from './database'
import type { MainKeyRow } from './rows'
import { bodyOf, fileId, makeTestVault, passwordAgain, quickDerive } from './testing/vaults'
import { newFieldCode } from './main-key'
import { CHUNK_ENTRIES } from './index-store'
import { openMain, openWithFieldCode, openWithPassword, readMainRow, renewFieldCode } from './unlock'

const CANARY = '甲乙丙丁戊-CANARY-990101194001010011'

async function changeRow(database: Awaited<ReturnType<typeof openVaultDatabase>>, change: (row: MainKeyRow) => MainKeyRow): Promise<void> {
  const row = await readMainRow(database)
  await write(database, ['keys'], async (transaction) => void (await transaction.objectStore('keys').put(change(row))))
}

describe('the main vault', () => {
  test('opens by the password with the server share, and by neither alone', async () => {
    const made = await makeTestVault()
    const { database, share, password } = made
    const right = await passwordAgain(password.kdf, '晚饭吃了三碗大米饭呀')
    const wrong = await passwordAgain(password.kdf, '晚饭吃了两碗大米饭呀')
    expect((await openWithPassword(database, right, share)).secrets?.field_code).toBe(made.fieldCode)
    await expect(openWithPassword(database, wrong, share)).rejects.toMatchObject({ code: 'wrong_secret' })
    await expect(openWithPassword(database, right, new Uint8Array(32))).rejects.toMatchObject({ code: 'wrong_secret' })
  })

  test('opens by the field code however its digits are grouped, and by no other', async () => {
    const { database, fieldCode } = await makeTestVault()
    const grouped = fieldCode.replace(/(...)/g, '$1 ')
    expect((await openWithFieldCode(quickDerive, database, grouped)).mode).toBe('main')
    await expect(openWithFieldCode(quickDerive, database, newFieldCode())).rejects.toMatchObject({ code: 'wrong_secret' })
  })

  test('a renewed field code replaces the old one', async () => {
    const { database, vault, fieldCode } = await makeTestVault()
    const { field_code } = await renewFieldCode(quickDerive, vault)
    expect(field_code).toMatch(/^\d{12}$/)
    expect((await openWithFieldCode(quickDerive, database, field_code)).mode).toBe('main')
    await expect(openWithFieldCode(quickDerive, database, fieldCode)).rejects.toMatchObject({ code: 'wrong_secret' })
  })

  test('refuses key derivation made cheaper on the disk', async () => {
    const { database, fieldCode, password } = await makeTestVault()
    await changeRow(database, (row) => ({ ...row, field_code: { ...row.field_code, kdf: { ...row.field_code.kdf, m_kib: 8192, t: 1 } } }))
    await expect(openWithFieldCode(quickDerive, database, fieldCode)).rejects.toMatchObject({ code: 'downgrade' })
    await expect(passwordAgain({ ...password.kdf, m_kib: 1024 }, 'x')).rejects.toMatchObject({ code: 'downgrade' })
  })

  test('refuses a lower suite and a changed fact beside the wrapped key', async () => {
    const { database, fieldCode } = await makeTestVault()
    await changeRow(database, (row) => ({ ...row, replica: 'cc'.repeat(16) }))
    await expect(openWithFieldCode(quickDerive, database, fieldCode)).rejects.toMatchObject({ code: 'wrong_secret' })
    await changeRow(database, (row) => ({ ...row, replica: 'bb'.repeat(16), field_code: { ...row.field_code, wrapped: { ...row.field_code.wrapped, suite: 0 } } }))
    await expect(openWithFieldCode(quickDerive, database, fieldCode)).rejects.toMatchObject({ code: 'downgrade' })
  })

  test('nothing written is on the disk in clear', async () => {
    const { database, vault } = await makeTestVault()
    await vault.commit({ files: [{ body: bodyOf(fileId(1), CANARY), rev: 0, line: { name: CANARY } }] })
    const found: string[] = []
    for (const store of database.objectStoreNames) {
      for (const row of await database.getAll(store)) if (holds(row, CANARY) || holds(row, '林小禾')) found.push(store)
    }
    expect(found).toEqual([])
    expect((await vault.readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe(CANARY)
    expect(vault.entries).toEqual([{ file: fileId(1), kind: 'household', line: { name: CANARY } }])
  })

  test('after closing, the open vault reads nothing', async () => {
    const { vault } = await makeTestVault()
    await vault.commit({ files: [{ body: bodyOf(fileId(1), 'x'), rev: 0, line: {} }] })
    vault.close()
    await expect(vault.readFile(fileId(1))).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('records', () => {
  test('one that was altered or moved to another file is told as damaged, never shown', async () => {
    const { database, vault } = await makeTestVault()
    for (const number of [1, 2]) await vault.commit({ files: [{ body: bodyOf(fileId(number), `words ${number}`), rev: 0, line: {} }] })
    const [one, two] = await Promise.all([1, 2].map((number) => database.get('files', fileId(number))))
    await database.put('files', { ...one!, body: two!.body })
    await expect(vault.readFile(fileId(1))).rejects.toMatchObject({ code: 'damaged', record: fileId(1) })
    const flipped = two!.body.data.slice()
    flipped[5]! ^= 1
    await database.put('files', { ...two!, body: { ...two!.body, data: flipped } })
    await expect(vault.readFile(fileId(2))).rejects.toMatchObject({ code: 'damaged' })
  })

  test('a write built on an older reading changes nothing at all', async () => {
    const { database, vault } = await makeTestVault()
    await vault.commit({ files: [{ body: bodyOf(fileId(1), 'first'), rev: 0, line: { n: 1 } }] })
    const row = { id: 'c'.repeat(64), file: fileId(1), replica: 'bb'.repeat(16), seq: 2, at: 1, sealed: null, received: false, fate: 'unsent' as const, dismissed: false }
    await expect(vault.commit({ files: [{ body: bodyOf(fileId(1), 'second'), rev: 0, line: { n: 2 } }], outbox: [row] })).rejects.toMatchObject({ code: 'changed_meanwhile' })
    expect(await database.count('outbox')).toBe(0)
    expect((await vault.readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe('first')
    expect(vault.entries[0]?.line).toEqual({ n: 1 })
  })

  test('a change of one household rewrites one chunk of the index', async () => {
    const { database, vault } = await makeTestVault()
    const files = Array.from({ length: 250 }, (_, number) => ({ body: bodyOf(fileId(number), 'x'), rev: 0, line: { number } }))
    await vault.commit({ files })
    const before = await database.getAll('index')
    expect(before.map((row) => row.chunk)).toEqual([0, 1, 2])
    expect(CHUNK_ENTRIES).toBe(100)
    await vault.commit({ files: [{ body: bodyOf(fileId(120), 'y'), rev: 1, line: { number: 'new' } }] })
    const after = await database.getAll('index')
    expect(after.filter((row, place) => row.rev !== before[place]!.rev).map((row) => row.chunk)).toEqual([1])
    expect(vault.entries.length).toBe(250)
  })

  test('two tabs that write different households keep both lines of the index', async () => {
    const { database, vault } = await makeTestVault()
    const other = await openMain(database, vault.rawVaultKey.slice())
    await vault.commit({ files: [{ body: bodyOf(fileId(1), 'x'), rev: 0, line: 'from one' }] })
    await other.commit({ files: [{ body: bodyOf(fileId(2), 'y'), rev: 0, line: 'from the other' }] })
    expect((await openMain(database, vault.rawVaultKey.slice())).entries.map((entry) => entry.line)).toEqual(['from one', 'from the other'])
  })

  test('an index that does not verify is noticed when the vault opens', async () => {
    const { database, vault } = await makeTestVault()
    await vault.commit({ files: [{ body: bodyOf(fileId(1), 'x'), rev: 0, line: {} }] })
    const row = (await database.get('index', 0))!
    await database.put('index', { ...row, rev: 9, body: { ...row.body, iv: new Uint8Array(12) } })
    expect((await openMain(database, vault.rawVaultKey.slice())).indexDamaged).toBe(true)
  })
})

function holds(row: unknown, words: string): boolean {
  const haystack = flatten(row)
  const utf8 = new TextEncoder().encode(words)
  const utf16 = new Uint8Array(new Uint16Array(Array.from(words, (letter) => letter.charCodeAt(0))).buffer)
  return [utf8, utf16].some((needle) => includes(haystack, needle)) || JSON.stringify(row).includes(words)
}

function flatten(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (!value || typeof value !== 'object') return new Uint8Array()
  return Uint8Array.from(Object.values(value).flatMap((inner) => [...flatten(inner)]))
}

function includes(haystack: Uint8Array, needle: Uint8Array): boolean {
  for (let start = 0; start + needle.length <= haystack.length; start++) if (needle.every((byte, place) => haystack[start + place] === byte)) return true
  return false
}
