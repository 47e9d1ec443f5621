import { describe, expect, test } from 'vitest'
import { putAttachment } from '../vault/attachments'
import { bodyOf, fileId, makeTestVault } from '../vault/testing/vaults'
import { makeRoom } from './photos'

describe('a phone that runs short of room', () => {
  test('lets go of what the server has before the browser clears everything, and of nothing else', async () => {
    const { vault, database } = await makeTestVault()
    const file = fileId(1)
    await vault.commit({ files: [{ body: bodyOf(file, '{}'), rev: 0, line: {} }] })
    for (const [name, uploaded] of [['aa', true], ['bb', false]] as const) await putAttachment(vault, { sha256: name.repeat(32), file, mediaType: 'image/jpeg', bytes: new Uint8Array(100), uploaded, at: 1 })
    const left = async () => (await database.getAll('attachments')).map((row) => row.id.slice(-2))
    expect(await makeRoom(vault, { estimate: async () => ({ usage: 700, quota: 1000 }) })).toBe(0)
    expect(await left()).toEqual(['aa', 'bb'])
    expect(await makeRoom(vault, { estimate: async () => ({ usage: 900, quota: 1000 }) })).toBe(100)
    expect(await left()).toEqual(['bb'])
    expect((await vault.readFile(file))?.body.file).toBe(file)
  })

  test('lets go of closed households’ photos before those of families that are visited', async () => {
    const { vault, database } = await makeTestVault()
    const [open, closed] = [fileId(1), fileId(2)]
    const line = (nextVisitOn: string | null) => ({ household: { nextVisitOn } })
    await vault.commit({ files: [{ body: bodyOf(open, '{}'), rev: 0, line: line('2026-12-01') }, { body: bodyOf(closed, '{}'), rev: 0, line: line(null) }] })
    const big = new Uint8Array(35 * 1024 * 1024) // two do not fit into what is kept
    await putAttachment(vault, { sha256: 'aa'.repeat(32), file: open, mediaType: 'image/jpeg', bytes: big, uploaded: true, at: 1 })
    await putAttachment(vault, { sha256: 'bb'.repeat(32), file: closed, mediaType: 'image/jpeg', bytes: big, uploaded: true, at: 9 })
    expect(await makeRoom(vault, { estimate: async () => ({ usage: 100, quota: 1000 }) })).toBe(big.length)
    expect((await database.getAll('attachments')).map((row) => row.file)).toEqual([open])
  })
})
