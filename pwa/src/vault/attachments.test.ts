import { describe, expect, test } from 'vitest'
import { evictAttachments, markAttachment, nameAttachments, putAttachment, readAttachment } from './attachments'
import { listUnuploaded } from './outbox'
import { bodyOf, fileId, makeTestVault } from './testing/vaults'

async function twoFiles() {
  const made = await makeTestVault()
  const files = [fileId(1), fileId(2)] as const
  for (const file of files) await made.vault.commit({ files: [{ body: bodyOf(file, '{}'), rev: 0, line: {} }] })
  const keep = (file: string, sha256: string, bytes: Uint8Array, more: { uploaded?: boolean; small?: boolean; at?: number } = {}) =>
    putAttachment(made.vault, { sha256, file, mediaType: 'image/jpeg', bytes, uploaded: false, at: 1, ...more })
  return { ...made, files, keep }
}
const BYTES = new Uint8Array([0xff, 0xd8, 1, 2, 3])
const [A, B, C] = ['aa', 'bb', 'cc'].map((one) => one.repeat(32)) as [string, string, string]

describe('attachments on the phone', () => {
  test('are kept once in a file, and apart in another: what one file sent, the other has still to send', async () => {
    const { vault, database, files, keep } = await twoFiles()
    await keep(files[0], A, BYTES)
    await keep(files[0], A, BYTES)
    await nameAttachments(database, files[0], [A])
    await markAttachment(database, `${files[0]}/${A}`, { uploaded: true })
    await keep(files[1], A, BYTES)
    await nameAttachments(database, files[1], [A])
    expect((await database.getAll('attachments')).length).toBe(2)
    expect((await listUnuploaded(database)).map((row) => row.file)).toEqual([files[1]])
    expect((await readAttachment(vault, files[0], A))?.bytes).toEqual(BYTES)
    expect((await readAttachment(vault, files[1], A))?.bytes).toEqual(BYTES)
  })
  test('lie encrypted, and do not open in the place of another', async () => {
    const { vault, database, files, keep } = await twoFiles()
    const said = new TextEncoder().encode('甲乙丙丁-CANARY')
    await keep(files[0], A, said)
    await keep(files[0], B, BYTES)
    const [first, second] = [await database.get('attachments', `${files[0]}/${A}`), await database.get('attachments', `${files[0]}/${B}`)]
    expect(JSON.stringify(first, (_, value: unknown) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value))).not.toContain('CANARY')
    await database.put('attachments', { ...second!, body: first!.body })
    await expect(readAttachment(vault, files[0], B)).rejects.toMatchObject({ code: 'damaged' })
  })
  test('go up small pictures first, then what is soonest through', async () => {
    const { database, files, keep } = await twoFiles()
    await keep(files[0], A, new Uint8Array(900))
    await keep(files[0], B, new Uint8Array(300))
    await keep(files[0], C, new Uint8Array(500), { small: true })
    await nameAttachments(database, files[0], [A, B, C])
    expect((await listUnuploaded(database)).map((row) => row.bytes)).toEqual([500, 300, 900])
  })
  test('make room in the order of the protocol: never what the server lacks, whole ones before small ones, the longest unseen first', async () => {
    const { database, files, keep } = await twoFiles()
    const rows: [string, number, boolean, boolean][] = [['01', 1, true, false], ['02', 2, true, false], ['03', 3, true, true], ['04', 4, false, false]]
    for (const [name, at, uploaded, small] of rows) await keep(files[0], name.repeat(32), new Uint8Array(100), { at, uploaded, small })
    const left = async () => (await database.getAll('attachments')).map((row) => row.id.slice(-2)).sort()
    expect(await evictAttachments(database, 250)).toBe(100)
    expect(await left()).toEqual(['02', '03', '04'])
    expect(await evictAttachments(database, 100)).toBe(100)
    expect(await left()).toEqual(['03', '04'])
    expect(await evictAttachments(database, 0)).toBe(100)
    expect(await left()).toEqual(['04'])
  })
  test('make room at closed households first, however lately somebody looked, and never of what the server lacks', async () => {
    const { database, files, keep } = await twoFiles()
    await keep(files[0], '01'.repeat(32), new Uint8Array(100), { at: 1, uploaded: true })
    await keep(files[1], '02'.repeat(32), new Uint8Array(100), { at: 9, uploaded: true })
    await keep(files[1], '03'.repeat(32), new Uint8Array(100), { at: 1, uploaded: false })
    const left = async () => (await database.getAll('attachments')).map((row) => row.id.slice(-2)).sort()
    expect(await evictAttachments(database, 100, new Set([files[1]]))).toBe(100)
    expect(await left()).toEqual(['01', '03'])
  })
})
