/**
 * The order to wipe a vault whose device was revoked (PROTOCOL 16): believed under the key that was pinned, for that replica alone, obeyed
 * after its sealed saves are home. Keys go first, so that a phone that dies half-way holds nothing that opens. Other people's vaults stay.
 */
import { parseCanonical } from '../sync/canonical'
import { followHandovers } from '../sync/handover'
import { importPublicKey, openSigned, toBase64url } from '../sync/signatures'
import { NoAnswer, Problem } from '../api'
import { dropDatabase, forgetHolder, listHolders, listUnreceived, nameHolder, openVaultDatabase, write, type ClearRow, type HolderRow, type VaultDatabase } from '../vault'
import type { Phone } from './phone'

const LEFT_ITEMS = 20
const EVERY_MS = 10 * 60_000

/** Sends sealed saves of a database; resolves when the server answered for each. */
export type SendSealed = (database: VaultDatabase) => Promise<void>

/**
 * Asks for every vault of this browser, at most every ten minutes unless `now`. True when the vault in use went.
 * A vault whose order cannot be asked for or obeyed now is asked for again; it never stops the others.
 */
export class WipeOrders {
  private askedAt = -Infinity

  constructor(
    private readonly phone: Phone,
    private readonly send: SendSealed,
    private readonly leave: (path: string) => void = (path) => (globalThis.location as Location | undefined)?.replace(path),
  ) {}

  async look(now: boolean): Promise<boolean> {
    const { phone } = this
    if (!now && phone.now() - this.askedAt < EVERY_MS) return false
    this.askedAt = phone.now()
    let gone = false
    for (const holder of await listHolders()) {
      try {
        if (holder.wiped) await this.report(holder, holder.wiped)
        else {
          const inUse = holder.person === phone.person
          if ((await this.obey(holder)) && inUse) gone = true
        }
      } catch (error) {
        if (error instanceof NoAnswer) return gone
        if (!(error instanceof Problem)) throw error
      }
    }
    if (gone && (await listHolders()).some((row) => !row.wiped)) this.leave('/unlock?wiped=1')
    return gone
  }

  private async obey(holder: HolderRow): Promise<boolean> {
    const { phone } = this
    const isInUse = phone.person === holder.person && phone.database !== null
    const database = isInUse ? phone.mustDatabase() : await openVaultDatabase(holder.database)
    try {
      const clear = await database.get('clear', 'clear')
      if (!clear || !(await this.isOrdered(clear))) return false
      await this.send(database)
      if ((await listUnreceived(database)).some((row) => row.sealed)) return false
      if (!(await this.handLeftOver(database, clear.replica))) return false
      await destroyKeys(database)
      await nameHolder({ ...holder, name: '', route_until: null, wiped: clear.replica })
      if (isInUse) this.closeInUse(holder.person)
      database.close()
      await dropDatabase(holder.database)
      await this.report(holder, clear.replica)
      return true
    } finally {
      if (!isInUse) database.close()
    }
  }

  /** What was recorded with everything closed and never taken up: up first, each answered for. One of an older app has no copy for the station. */
  private async handLeftOver(database: VaultDatabase, replica: string): Promise<boolean> {
    const rows = (await database.getAll('inbox')).filter((row) => row.station)
    for (let start = 0; start < rows.length; start += LEFT_ITEMS) {
      const items = rows.slice(start, start + LEFT_ITEMS).map((row) => ({ id: row.id, sealed: toBase64url(row.station!) }))
      const { codes } = await this.phone.calls.left({ replica, items })
      if (items.some((_item, index) => !codes[index])) return false
    }
    return true
  }

  private async isOrdered(clear: ClearRow): Promise<boolean> {
    const { order, handovers } = await this.phone.calls.wipeOrder(clear.replica)
    if (!order || !clear.verdict_key) return false
    try {
      const key = await followHandovers(clear.verdict_key, clear.deployment, clear.station.id, handovers ?? [])
      await openSigned(order, await importPublicKey(key), 'wipe', clear.deployment)
      const said = parseCanonical(order.body) as { station?: unknown; replica?: unknown }
      return said.station === clear.station.id && said.replica === clear.replica
    } catch {
      return false // nobody's word that this vault knows
    }
  }

  private closeInUse(person: string): void {
    this.phone.close()
    this.phone.forget(person)
    this.phone.say({ problem: { code: 'wiped', detail: '' } })
  }

  /** Told last, because the answer takes the cookies along; until then the directory remembers that it is still to be told. */
  private async report(holder: HolderRow, replica: string): Promise<void> {
    const others = (await listHolders()).filter((row) => row.person !== holder.person)
    const last = others.every((row) => row.wiped)
    await this.phone.calls.wiped({ replica, last }).catch((error: unknown) => {
      if (!(error instanceof Problem) || (error.code !== 'not_signed_in' && error.code !== 'conflict')) throw error
    })
    await forgetHolder(holder.person).catch(() => undefined) // the browser may have cleared it already
    if (last) this.leave('/enrol?wiped=1')
  }
}

async function destroyKeys(database: VaultDatabase): Promise<void> {
  await write(database, ['keys', 'state', 'clear'], async (transaction) => {
    for (const name of ['keys', 'state', 'clear'] as const) await transaction.objectStore(name).clear()
  })
}
