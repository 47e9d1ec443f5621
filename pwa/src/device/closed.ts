/** The phone closed: who may open it, its outbox at hand, and the way back to closed. */
import { countWaiting, listHolders, openVaultDatabase, type HolderRow } from '../vault'
import type { VaultHolder } from './contract'
import type { Phone } from './phone'

export async function holders(phone: Phone): Promise<VaultHolder[]> {
  const rows = (await listHolders()).sort((a, b) => b.used_at - a.used_at)
  const until = (at: number | null): number | null => (at !== null && at > phone.now() ? at : null)
  const current = new Set(rows.filter((row) => !row.kept_of).map((row) => row.database))
  const shown = rows.filter((row) => !row.wiped && (!row.kept_of || !current.has(row.database)))
  return Promise.all(shown.map(async (row) => ({ personId: row.person, displayName: row.name, routeUntil: until(row.route_until), isEarlier: row.kept_of !== undefined, ...(await seenClosed(phone, row)) })))
}

/** What may be known of a vault without opening it: how much waits, and whether the phone's own lock opens it. */
async function seenClosed(phone: Phone, row: HolderRow): Promise<{ unsent: number; fingerprint: boolean }> {
  const own = phone.person === row.person ? phone.database : null
  const database = own ?? (await openVaultDatabase(row.database))
  try {
    const { count, photos } = await countWaiting(database)
    const keys = await database.get('keys', 'main')
    return { unsent: count + photos, fingerprint: keys?.id === 'main' && Boolean(keys.authenticator) }
  } finally {
    if (!own) database.close()
  }
}

/** Closed, but with its outbox at hand: what the phone does when it starts. */
export async function useLatest(phone: Phone): Promise<void> {
  const [latest] = (await listHolders()).filter((row) => !row.wiped).sort((a, b) => b.used_at - a.used_at)
  if (!latest) return
  await phone.use(latest.person, await openVaultDatabase(latest.database, () => phone.close()))
  void import('./lease').then(({ liveOn }) => liveOn(phone)).catch(() => undefined)
}

export async function lock(phone: Phone): Promise<void> {
  const isMain = phone.vault?.mode === 'main'
  phone.close()
  if (isMain) await phone.calls.endReadSession().catch(() => undefined)
}
