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
})
