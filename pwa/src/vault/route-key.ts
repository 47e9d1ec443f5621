/**
 * The route vault's random key under the PIN, for the day it is made for. The PIN opens nothing else. Ten wrong PINs drop the
 * key: honest to whoever holds the phone, no defence against a copied disk; the route's small content is that defence.
 */
import { VaultError } from './errors'
import { checkParameters, CODE_WORK, newParameters, type Derive, type KdfParameters } from './kdf'
import { write, type VaultDatabase } from './database'
import type { RouteKeyRow } from './rows'
import { importKey, open, seal, type Place } from './suite'

export const PIN_TRIES = 10

/** A PIN's key, kept in the main vault so that tomorrow's route can be made without asking for the PIN. */
export interface PinKey {
  kdf: KdfParameters
  key: Uint8Array
}

export async function derivePin(derive: Derive, pin: string): Promise<PinKey> {
  const kdf = newParameters(CODE_WORK)
  return { kdf, key: await derive(pin, kdf) }
}

export async function makeRouteRow(routeKey: Uint8Array, pin: PinKey, person: string, until: number): Promise<RouteKeyRow> {
  const wrapped = await seal(await importKey(pin.key), routeKey, placeOf(pin.kdf, person, until))
  return { id: 'route', v: 1, person, until, pin: { kdf: pin.kdf, wrapped }, tries_left: PIN_TRIES }
}

/** Counts the try on disk before it looks, so that a kill does not give tries back. */
export async function unwrapWithPin(derive: Derive, database: VaultDatabase, pin: string, now: number): Promise<{ key: Uint8Array; until: number }> {
  const row = await takeTry(database, now)
  checkParameters(row.pin.kdf, CODE_WORK)
  const kek = await importKey(await derive(pin.normalize('NFKC'), row.pin.kdf))
  try {
    const key = await open(kek, row.pin.wrapped, placeOf(row.pin.kdf, row.person, row.until))
    await write(database, ['keys'], async (transaction) => {
      const present = await transaction.objectStore('keys').get('route')
      if (present?.id === 'route') await transaction.objectStore('keys').put({ ...present, tries_left: PIN_TRIES })
    })
    return { key, until: row.until }
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'damaged') throw error
    if (row.tries_left > 0) throw new VaultError('wrong_secret', 'pin', row.tries_left)
    await write(database, ['keys'], (transaction) => transaction.objectStore('keys').delete('route'))
    throw new VaultError('pin_used_up', 'pin', 0)
  }
}

async function takeTry(database: VaultDatabase, now: number): Promise<RouteKeyRow> {
  let taken: RouteKeyRow | undefined
  await write(database, ['keys'], async (transaction) => {
    const store = transaction.objectStore('keys')
    const row = await store.get('route')
    if (!row || row.id !== 'route') return
    if (row.tries_left < 1 || row.until <= now) return void (await store.delete('route'))
    taken = { ...row, tries_left: row.tries_left - 1 }
    await store.put(taken)
  })
  if (!taken) throw new VaultError('route_over', 'route')
  return taken
}

function placeOf(kdf: KdfParameters, person: string, until: number): Place {
  return { store: 'keys', id: 'route', salt: kdf.salt, m_kib: kdf.m_kib, t: kdf.t, p: kdf.p, person, until }
}
