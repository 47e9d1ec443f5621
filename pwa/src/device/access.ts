/**
 * Who reads what, on the phone: openings and unmaskings are kept as encrypted drafts beside the file and sent with the next sync; a
 * minor's file that nobody gave leave for is shown only after a reason. Nothing here stops anybody: a child may be in danger.
 */
import { Drafts } from '../vault/drafts'
import type { Access, Grant } from './access-contract'
import type { Phone } from './phone'
import { listErased, putErasedAway } from './erased'
import { findDrawer, listRestricted } from './restricted'
import { softwareOf } from './software'
import { dayOf } from './summary'

interface Reading { at: number; unmasked?: true; reason?: string }
interface Leave { until: string }

const READ = 'read:'
const GRANTS = 'access:grants'
const AGAIN_MS = 30 * 60_000
const UNMASKED_AGAIN_MS = 60_000
const GRANTS_EVERY_MS = 5 * 60_000
const KEPT_MAX = 100
const SENT_MAX = 200
const FORGOTTEN_MS = 7 * 86_400_000

interface Memory {
  opened: Map<string, number>
  unmasked: Map<string, number>
  asked: number
  person: string | null
  writing: Promise<unknown>
}
const memories = new WeakMap<Phone, Memory>()

function memoryOf(phone: Phone): Memory {
  const known = memories.get(phone)
  if (known && known.person === phone.person) return known
  const fresh: Memory = { opened: new Map(), unmasked: new Map(), asked: 0, person: phone.person, writing: Promise.resolve() }
  memories.set(phone, fresh)
  return fresh
}
const draftsOf = (phone: Phone) => new Drafts(phone.mustDatabase(), phone.mustVault())
/** One writer at a time: a list is read, made longer and written back. */
function inTurn<T>(phone: Phone, work: () => Promise<T>): Promise<T> {
  const memory = memoryOf(phone)
  const done = memory.writing.then(work, work)
  memory.writing = done.catch(() => undefined)
  return done
}

export function accessOf(phone: Phone): Access {
  return {
    admit: (fileId) => admit(phone, fileId),
    openAnyway: async (fileId, reason) => {
      await inTurn(phone, async () => draftsOf(phone).save(leaveKey(fileId), { until: dayOf(phone.now()) } satisfies Leave, phone.now()))
      await note(phone, fileId, { reason })
      memoryOf(phone).opened.set(fileId, phone.now())
    },
    unmasked: (fileId) => {
      const { unmasked } = memoryOf(phone)
      if (phone.now() - (unmasked.get(fileId) ?? 0) < UNMASKED_AGAIN_MS) return
      unmasked.set(fileId, phone.now())
      void note(phone, fileId, { unmasked: true }).catch(() => undefined)
    },
    drawer: async (scope) => findDrawer(phone, scope),
    restricted: async (household) => listRestricted(phone, household),
    erased: () => listErased(phone),
    putErasedAway: () => inTurn(phone, () => putErasedAway(phone)),
    grants: () => knownGrants(phone),
    software: softwareOf(),
  }
}

async function admit(phone: Phone, fileId: string): Promise<boolean> {
  if (!phone.vault) return true
  if (await lacksLeave(phone, fileId)) return false
  const { opened } = memoryOf(phone)
  if (phone.now() - (opened.get(fileId) ?? 0) >= AGAIN_MS) {
    opened.set(fileId, phone.now())
    await note(phone, fileId, {}).catch(() => undefined) // a full disk must not close a file
  }
  return true
}

async function lacksLeave(phone: Phone, fileId: string): Promise<boolean> {
  const household = phone.state.households.find((one) => one.fileId === fileId)
  const today = dayOf(phone.now())
  if (!household?.minorUntil || household.minorUntil <= today) return false
  const scope = phone.state.villages.find((one) => one.id === household.villageId)?.scope ?? household.scope
  const about = (await grantsFor(phone, fileId)).filter((one) => one.file === fileId || (one.scope !== null && one.scope === scope))
  if (about.some((one) => one.state === 'approved' && one.until_at > phone.now())) return false
  if (household.found && !about.some((one) => one.file === fileId && one.decided_by)) return false
  const leave = await draftsOf(phone).load(leaveKey(fileId)).catch(() => null)
  return (leave?.value as Leave | undefined)?.until !== today
}

const leaveKey = (fileId: string) => `access:leave:${fileId}`
const fileKey = (fileId: string) => `access:file:${fileId}`

async function note(phone: Phone, fileId: string, what: Omit<Reading, 'at'>): Promise<void> {
  await inTurn(phone, async () => {
    const drafts = draftsOf(phone)
    const before = ((await drafts.load(READ + fileId))?.value as Reading[] | undefined) ?? []
    await drafts.save(READ + fileId, [...before, { at: phone.now(), ...what }].slice(-KEPT_MAX), phone.now())
  })
}

/** The PIN opens what stands beside the route's files and not the list of all. */
async function grantsFor(phone: Phone, fileId: string): Promise<Grant[]> {
  if (phone.vault?.mode === 'main') return knownGrants(phone)
  return ((await draftsOf(phone).load(fileKey(fileId)))?.value as Grant[] | undefined) ?? []
}

async function knownGrants(phone: Phone): Promise<Grant[]> {
  if (phone.vault?.mode !== 'main') return []
  return ((await draftsOf(phone).load(GRANTS))?.value as Grant[] | undefined) ?? []
}

/** After a sync: what was opened goes up, and now and then one's own grants come down. Failing is no fault of the sync. */
export async function report(phone: Phone, again = false): Promise<void> {
  if (!phone.vault || !phone.database) return
  await sendReadings(phone)
  if (phone.vault?.mode !== 'main') return
  const memory = memoryOf(phone)
  if (!again && phone.now() - memory.asked < GRANTS_EVERY_MS) return
  const { grants } = await phone.client.json<{ grants: Grant[] }>('GET', '/grants', undefined, 'read')
  memory.asked = phone.now()
  await keepGrants(phone, grants.filter((one) => one.person_id === phone.state.me?.personId))
}

async function keepGrants(phone: Phone, own: Grant[]): Promise<void> {
  if (JSON.stringify(await knownGrants(phone)) === JSON.stringify(own)) return
  await inTurn(phone, async () => {
    const drafts = draftsOf(phone)
    await drafts.save(GRANTS, own, phone.now())
  })
}

/** Beside each file of the route, for the day on which only the PIN is typed. */
export async function keepForRoute(phone: Phone, fileIds: readonly string[]): Promise<void> {
  const own = await knownGrants(phone)
  await inTurn(phone, async () => {
    const drafts = draftsOf(phone)
    for (const fileId of fileIds) await drafts.save(fileKey(fileId), own.filter((one) => one.scope !== null || one.file === fileId), phone.now())
  })
}

async function sendReadings(phone: Phone): Promise<void> {
  await inTurn(phone, async () => {
    const drafts = draftsOf(phone)
    for (const { key, value } of await drafts.list()) {
      if (!key.startsWith(READ)) continue
      const readings = (value as Reading[]).slice(0, SENT_MAX)
      const opened = readings.map((one) => ({ file: key.slice(READ.length), at: one.at, unmasked: one.unmasked ?? false, reason: one.reason ?? null }))
      const { unknown } = opened.length ? await phone.client.json<{ unknown: string[] }>('POST', '/readings', { opened }, 'upload') : { unknown: [] }
      // A file whose first save is still on its way is told of again; one that never comes is forgotten after a week.
      const isOld = readings.every((one) => phone.now() - one.at > FORGOTTEN_MS)
      if (!unknown.length || isOld) await drafts.remove(key)
    }
  })
}
