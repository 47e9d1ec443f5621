/**
 * Turns a preview into household files: new ones are created, accepted differences saved, each signed by this phone. Safe to
 * stop and press again: everything made so far is sent first, then the server compares afresh, so nothing is made twice; what
 * the server has not judged yet is remembered in an encrypted draft. The job outlives its screen: leaving it stops nothing.
 */
import { shallowReactive } from 'vue'
import type { Device } from '../../device/contract'
import type { Operation } from '../../sync/change'
import { drawerOf, RESTRICTED } from '../../sync/drawers'
import { loadPreview, type Difference, type LedgerHousehold, type Preview } from './api'

export interface Job {
  importId: string | null
  state: 'idle' | 'sending' | 'comparing' | 'working' | 'closing' | 'done' | 'stopped'
  done: number
  total: number
  created: number
  updated: number
  failed: { key: string; code: string }[]
  problem: unknown
}

export type Accepts = (household: LedgerHousehold, difference: Difference) => boolean

const APART = 'apart/'
interface Remembered { created: Record<string, string> }

const idle = (): Job => ({ importId: null, state: 'idle', done: 0, total: 0, created: 0, updated: 0, failed: [], problem: null })
export const job = shallowReactive<Job>(idle())

export function isRunning(): boolean {
  return job.state !== 'idle' && job.state !== 'done' && job.state !== 'stopped'
}

export function forgetJob(): void {
  if (!isRunning()) Object.assign(job, idle())
}

export const draftKey = (importId: string): string => `ledger-import/${importId}`

/** Resolves with the last preview, or null when it stopped (`job.problem` says why). */
export async function fileHouseholds(device: Device, importId: string, accepts: Accepts, reason: string): Promise<Preview | null> {
  if (isRunning()) return null
  Object.assign(job, idle(), { importId, state: 'sending' })
  try {
    await sendEverything(device)
    job.state = 'comparing'
    const preview = await loadPreview(device, importId)
    await work(device, importId, preview, accepts, reason)
    job.state = 'closing'
    await device.syncNow().catch(() => undefined) // what is saved is safe; it goes when the network lets it
    const last = device.sync.online ? await loadPreview(device, importId).catch(() => preview) : preview
    if (!job.failed.length && last.counts.new === 0) await device.deleteDraft(draftKey(importId))
    job.state = 'done'
    return last
  } catch (problem) {
    job.problem = problem
    job.state = 'stopped'
    return null
  }
}

/** Files of an earlier, broken run must be with the server before it compares. */
async function sendEverything(device: Device): Promise<void> {
  if (device.sync.unsentCount === 0) return
  await device.syncNow()
  if (device.sync.unsentCount > 0) throw Object.assign(new Error('unsent'), { code: 'unsent' })
}

async function work(device: Device, importId: string, preview: Preview, accepts: Accepts, reason: string): Promise<void> {
  const remembered = (await device.loadDraft<Remembered>(draftKey(importId))) ?? { created: {} }
  const fresh = preview.households.filter((household) => household.status === 'new' && !remembered.created[household.key])
  const changed = preview.households
    .filter((household) => household.status === 'changed')
    .map((household) => ({ household, ops: operationsOf(household, accepts) }))
    .filter(({ household, ops }) => ops.length > 0 || unwritten(household, remembered).length > 0)
  job.total = fresh.length + changed.length
  job.state = 'working'
  for (const household of fresh) {
    if (await tried(household, () => create(device, household, reason, remembered, importId))) job.created += 1
  }
  for (const { household, ops } of changed) {
    if (await tried(household, async () => { await update(device, household, ops, reason); await putApart(device, household, household.file_id ?? '', reason, remembered, importId) })) job.updated += 1
  }
}

/** One household that fails does not stop the others; a phone that cannot save at all does. */
async function tried(household: LedgerHousehold, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? 'unknown')
    if (code === 'storage_full' || code === 'locked' || code === 'lease_over') throw error
    job.failed = job.failed.concat({ key: household.key, code })
    return false
  } finally {
    job.done += 1
  }
}

async function create(device: Device, household: LedgerHousehold, reason: string, remembered: Remembered, importId: string): Promise<void> {
  const { fileId } = await device.createFile('household', household.scope ?? '', household.ops, { reason })
  remembered.created[household.key] = fileId
  device.saveDraft(draftKey(importId), { created: { ...remembered.created } })
  await putApart(device, household, fileId, reason, remembered, importId)
}

const unwritten = (household: LedgerHousehold, remembered: Remembered) => (household.apart ?? []).filter((one) => !remembered.created[APART + one.key])

/** What few may know about a member goes into the drawer beside the household's patch, a record for each. */
async function putApart(device: Device, household: LedgerHousehold, fileId: string, reason: string, remembered: Remembered, importId: string): Promise<void> {
  for (const { key, ops } of unwritten(household, remembered)) {
    const made = await device.createFile(RESTRICTED, drawerOf(household.scope ?? ''), [{ op: 'set', path: 'household', value: fileId }, ...ops], { reason })
    remembered.created[APART + key] = made.fileId
    device.saveDraft(draftKey(importId), { created: { ...remembered.created } })
  }
}

async function update(device: Device, household: LedgerHousehold, ops: Operation[], reason: string): Promise<void> {
  const view = await device.openFile(household.file_id ?? '')
  const wanted = ops.filter((op) => !isThere(op, view.state))
  if (wanted.length) await device.save(view, wanted, { reason })
}

export function operationsOf(household: LedgerHousehold, accepts: Accepts): Operation[] {
  const ops: Operation[] = []
  for (const difference of household.differences) if (accepts(household, difference)) ops.push(...difference.ops)
  return ops
}

interface Shown { paths: Record<string, { status: string; value: unknown } | undefined>; elements: Record<string, unknown> }

/** Whether the file already says what the operation would write: a second press writes nothing. */
export function isThere(op: Operation, state: Shown): boolean {
  if (op.op === 'append') return state.elements[`${op.path}/${op.id}`] !== undefined
  const shown = state.paths[op.path]
  if (op.op === 'set') return shown !== undefined && shown.status !== 'conflict' && sameValue(shown.value, op.value)
  const held = Array.isArray(shown?.value) ? (shown.value as unknown[]) : []
  if (op.op === 'add') return held.indexOf(op.value) >= 0
  if (op.op === 'remove') return held.indexOf(op.value) < 0
  return false
}

function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const left = one as Record<string, unknown>
  const right = other as Record<string, unknown>
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => sameValue(left[name], right[name]))
}
