/** What a full unlock puts in order: yesterday's route, files that the route wrote, a damaged index, the inbox, old outbox rows, receipts. */
import { localRules } from '../records/local'
import { localVisitsOn } from '../records/localOn'
import { listCarried, VaultError, type FileWrite, type OpenVault } from '../vault'
import { lined } from './merged'
import { trimOutbox } from './own-saves'
import type { Phone } from './phone'
import { dayOf } from './summary'
import { endOldRoute } from './todays-route'
import { takeInbox } from './unlinked'

export async function tidyUp(phone: Phone, vault: OpenVault): Promise<void> {
  await endOldRoute(phone, vault)
  if (vault.indexDamaged) await relist(phone, vault, await vault.listFiles(), true)
  else await relist(phone, vault, phone.mustClear().stale, false)
  await takeInbox(phone)
  await trimOutbox(phone)
  if ((await listCarried(vault.database)).some((row) => row.mine)) await (await import('./carrying')).readWaiting(phone)
  phone.refreshHouseholds()
  await (await import('./erased')).tellErased(phone).catch(() => undefined) // a notice never keeps a vault shut
  // Five thousand lines take a slow phone minutes: the list stands meanwhile, as it was.
  void relistOutdated(phone, vault).catch(() => undefined)
}

/** Raise it when a line of the index says more, or something else. */
const LINES = 2
/** Of a vault that is made now: its first lines are written by this app, before the station's own rules are heard. */
export const FRESH_LINES = `${LINES}.0.0`
const PAUSE_MS = 30

/** Lines hold what the visit rules make of a file: other rules, or a newer app, make them anew. A batch at a time; what is open stays usable. */
export async function relistOutdated(phone: Phone, vault: OpenVault): Promise<void> {
  const today = dayOf(phone.now())
  const lines = `${LINES}.${localRules().version}.${localVisitsOn(today) ? 1 : 0}`
  if ((await vault.readSync()).lines === lines) return
  if (!(await relist(phone, vault, await vault.listFiles(), false))) return
  await phone.exclusively(async () => phone.commit(vault, { sync: { ...(await vault.readSync()), lines } }))
}

/** Makes the index of these files anew: after the route wrote them, or when the index did not verify. */
/** False when the vault was closed before all were made. */
async function relist(phone: Phone, vault: OpenVault, files: readonly string[], tell: boolean): Promise<boolean> {
  for (let start = 0; start < files.length; start += 50) {
    if (start) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS)) // the screen stays alive
    if (phone.vault !== vault) return false
    await phone.exclusively(async () => {
      const writes: FileWrite[] = []
      for (const file of files.slice(start, start + 50)) {
        try {
          const read = await vault.readFile(file)
          if (read) writes.push({ ...read, line: undefined })
        } catch (error) {
          if (!(error instanceof VaultError)) throw error
          tell = true
        }
      }
      if (writes.length) await phone.commit(vault, { files: await lined(phone, vault, writes) })
    })
  }
  if (tell) phone.say({ problem: { code: 'damaged', detail: 'index' } })
  return true
}
