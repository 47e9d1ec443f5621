import { describe, expect, test } from 'vitest'
import { toBase64url } from '../sync/signatures'
import { Drafts } from './drafts'
import { putInInbox } from './inbox'
import { derivePin, PIN_TRIES } from './route-key'
import type { RouteSecrets } from './secrets'
import { bodyOf, fileId, makeTestVault, quickDerive, type TestVault } from './testing/vaults'
import { makeRouteVault, openMain, openWithPin } from './unlock'

const PIN = '271828'
const TODAY = 1_000_000
const MIDNIGHT = 2_000_000

async function withRoute(): Promise<TestVault> {
  const made = await makeTestVault()
  const { vault } = made
  for (const number of [1, 2]) await vault.commit({ files: [{ body: bodyOf(fileId(number), `words ${number}`), rev: 0, line: { number } }] })
  const route: RouteSecrets = {
    replica: 'dd'.repeat(16), signing: '', certificate: { body: '', sig: '' }, files: { [fileId(1)]: toBase64url(await vault.rawFileKey(fileId(1))) },
    index: vault.entries.filter((entry) => entry.file === fileId(1)), policy: { body: '{}', sig: '' }, until: MIDNIGHT,
  } // prettier-ignore
  await makeRouteVault(vault, await derivePin(quickDerive, PIN), route)
  return made
}

describe('the route vault', () => {
  test('the PIN opens the files of the route and no other', async () => {
    const { database } = await withRoute()
    const route = await openWithPin(quickDerive, database, PIN, TODAY)
    expect((await route.readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe('words 1')
    await expect(route.readFile(fileId(2))).rejects.toMatchObject({ code: 'not_found' })
    expect(route.entries.map((entry) => entry.file)).toEqual([fileId(1)])
    await expect(route.readSync()).rejects.toMatchObject({ code: 'not_found' })
    expect(route.secrets).toBeNull()
  })

  test('ten wrong PINs drop the key, and then the right one opens nothing', async () => {
    const { database } = await withRoute()
    for (let left = PIN_TRIES - 1; left > 0; left--) {
      await expect(openWithPin(quickDerive, database, '000000', TODAY)).rejects.toMatchObject({ code: 'wrong_secret', remaining: left })
    }
    await expect(openWithPin(quickDerive, database, '000000', TODAY)).rejects.toMatchObject({ code: 'pin_used_up' })
    await expect(openWithPin(quickDerive, database, PIN, TODAY)).rejects.toMatchObject({ code: 'route_over' })
    expect(await database.get('keys', 'route')).toBeUndefined()
  })

  test('a try counts even when the app is killed before it is compared', async () => {
    const { database } = await withRoute()
    const killed = openWithPin(() => Promise.reject(new Error('killed')), database, PIN, TODAY)
    await expect(killed).rejects.toThrow('killed')
    await expect(openWithPin(quickDerive, database, '000000', TODAY)).rejects.toMatchObject({ remaining: PIN_TRIES - 2 })
  })

  test('the right PIN gives the tries back', async () => {
    const { database } = await withRoute()
    await expect(openWithPin(quickDerive, database, '000000', TODAY)).rejects.toMatchObject({ code: 'wrong_secret' })
    await openWithPin(quickDerive, database, PIN, TODAY)
    await expect(openWithPin(quickDerive, database, '000000', TODAY)).rejects.toMatchObject({ remaining: PIN_TRIES - 1 })
  })

  test('it ends with its day, and a longer day written on the disk does not open', async () => {
    const { database } = await withRoute()
    const row = (await database.get('keys', 'route'))!
    await database.put('keys', { ...row, until: MIDNIGHT * 2 } as typeof row)
    await expect(openWithPin(quickDerive, database, PIN, TODAY)).rejects.toMatchObject({ code: 'wrong_secret' })
    await database.put('keys', row)
    await expect(openWithPin(quickDerive, database, PIN, MIDNIGHT)).rejects.toMatchObject({ code: 'route_over' })
  })

  test('what the route writes, the main vault reads, and knows that its index is behind', async () => {
    const { database, vault } = await withRoute()
    const route = await openWithPin(quickDerive, database, PIN, TODAY)
    await route.commit({ files: [{ body: bodyOf(fileId(1), 'on the way'), rev: 1, line: { number: 'way' } }, { body: bodyOf(fileId(7), 'new there'), rev: 0, line: {} }] })
    const again = await openMain(database, vault.rawVaultKey.slice())
    expect((await again.readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe('on the way')
    expect((await again.readFile(fileId(7)))?.body.changes[0]?.envelope.body).toBe('new there')
    expect((await database.get('clear', 'clear'))?.stale).toEqual([fileId(1), fileId(7)])
    expect((await openWithPin(quickDerive, database, PIN, TODAY)).entries.find((entry) => entry.file === fileId(1))?.line).toEqual({ number: 'way' })
  })

  test('what the main vault writes to a route file, the route shows', async () => {
    const { database, vault } = await withRoute()
    await vault.commit({ files: [{ body: bodyOf(fileId(1), 'at the desk'), rev: 1, line: { number: 'desk' } }] })
    const route = await openWithPin(quickDerive, database, PIN, TODAY)
    expect((await route.readFile(fileId(1)))?.body.changes[0]?.envelope.body).toBe('at the desk')
    expect(route.entries[0]?.line).toEqual({ number: 'desk' })
  })
})

describe('drafts', () => {
  test('that of a route household opens on the route; others only in the main vault', async () => {
    const { database, vault } = await withRoute()
    const main = new Drafts(database, vault)
    await main.save(`visit:${fileId(1)}`, { note: '半句话' }, 5)
    await main.save(`visit:${fileId(2)}`, { note: '别的户' }, 6)
    const route = new Drafts(database, await openWithPin(quickDerive, database, PIN, TODAY))
    expect((await route.load(`visit:${fileId(1)}`))?.value).toEqual({ note: '半句话' })
    expect(await route.load(`visit:${fileId(2)}`)).toBeNull()
    expect((await main.list()).map((draft) => draft.at).sort()).toEqual([5, 6])
  })

  test('one written with everything closed opens after the next full unlock, and the newest counts', async () => {
    const { database, vault } = await withRoute()
    await new Drafts(database, vault).save('record', 'old', 1)
    const closed = new Drafts(database, null)
    await closed.save('record', 'new', 2)
    expect(await closed.load('record')).toBeNull()
    expect((await new Drafts(database, vault).load('record'))?.value).toBe('new')
  })

  test('those of the route outlive its key', async () => {
    const { database, vault } = await withRoute()
    await new Drafts(database, await openWithPin(quickDerive, database, PIN, TODAY)).save('record', 'typed on the way', 3)
    const main = new Drafts(database, vault)
    await main.rescue()
    await vault.useRouteKey(null)
    expect((await main.load('record'))?.value).toBe('typed on the way')
  })
})

test('what was put into the inbox is read by the full vault alone', async () => {
  const { database, vault } = await withRoute()
  await putInInbox(database, fileId(9), { at: 4, record: '锁着记的' }, 4)
  expect((await vault.readInbox()).map(({ value }) => value)).toEqual([{ at: 4, record: '锁着记的' }])
  expect(await (await openWithPin(quickDerive, database, PIN, TODAY)).readInbox()).toEqual([])
})
