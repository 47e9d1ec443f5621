/** The phone closed: who may open it, its outbox at hand, and the way back to closed. */
import { listHolders, openVaultDatabase } from '../vault'
import type { VaultHolder } from './contract'
import type { Phone } from './phone'

export async function holders(phone: Phone): Promise<VaultHolder[]> {
  const rows = (await listHolders()).sort((a, b) => b.used_at - a.used_at)
  const until = (at: number | null): number | null => (at !== null && at > phone.now() ? at : null)
  const current = new Set(rows.filter((row) => !row.kept_of).map((row) => row.database))
  return rows
    .filter((row) => !row.kept_of || !current.has(row.database))
    .map((row) => ({ personId: row.person, displayName: row.name, routeUntil: until(row.route_until), isEarlier: row.kept_of !== undefined }))
}

/** Closed, but with its outbox at hand: what the phone does when it starts. */
export async function useLatest(phone: Phone): Promise<void> {
  const [latest] = (await listHolders()).sort((a, b) => b.used_at - a.used_at)
  if (latest) await phone.use(latest.person, await openVaultDatabase(latest.database, () => phone.close()))
}

export async function lock(phone: Phone): Promise<void> {
  const isMain = phone.vault?.mode === 'main'
  phone.close()
  if (isMain) await phone.calls.endReadSession().catch(() => undefined)
}
