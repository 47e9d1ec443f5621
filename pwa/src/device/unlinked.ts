/**
 * Write-only recording: a household that cannot be opened now is recorded all the same. With keys at hand it is signed and
 * sealed at once; with everything closed it waits in the inbox and is signed at the next full unlock.
 */
import type { Operation } from '../sync/change'
import type { Json } from '../sync/canonical'
import { emptyBase } from '../sync/versions'
import { putInInbox } from '../vault'
import type { UnlinkedRecord, Village } from './contract'
import { DeviceError } from './errors'
import { HOUSEHOLD, UNLINKED, type Line } from './entries'
import type { Phone } from './phone'
import { newId } from './ids'
import { dayOf } from './summary'
import { newParts, openFile, partsOf, save } from './saving'

type Spoken = Omit<UnlinkedRecord, 'fileId' | 'at'>

interface Waiting {
  type: 'unlinked'
  file: string
  record: Spoken
  at: number
}

export async function recordUnlinked(phone: Phone, record: Spoken): Promise<void> {
  const file = newId()
  const at = phone.now()
  if (phone.vault) {
    await save(phone, newParts(phone, file, UNLINKED, scopeFor(phone, record.villageName), opsOf(record, at), {}))
    return
  }
  const waiting: Waiting = { type: 'unlinked', file, record: JSON.parse(JSON.stringify(record)) as Spoken, at }
  await putInInbox(phone.mustDatabase(), file, waiting, at)
  await phone.refreshWaiting()
}

/** At a full unlock: what waited in the inbox becomes signed changes. Each leaves the inbox in the transaction that stores it. */
export async function takeInbox(phone: Phone): Promise<void> {
  const vault = phone.mustMain()
  for (const { row, value } of await vault.readInbox()) {
    const waiting = value as Waiting
    if (waiting.type !== 'unlinked') continue
    const parts = newParts(phone, waiting.file, UNLINKED, scopeFor(phone, waiting.record.villageName), opsOf(waiting.record, waiting.at), {})
    await save(phone, { ...parts, base: emptyBase(), also: { removeInbox: [row.id] } })
  }
}

export function listUnlinked(phone: Phone): UnlinkedRecord[] {
  const lines = (phone.vault?.entries ?? []).filter((entry) => entry.kind === UNLINKED).map((entry) => (entry.line as Line).unlinked)
  return lines.filter((record): record is UnlinkedRecord => record !== undefined).sort((a, b) => b.at - a.at)
}

/** The record becomes a visit of the household. The visit has the record's id, so that doing it twice makes one visit. */
export async function linkUnlinked(phone: Phone, fileId: string, householdFileId: string): Promise<void> {
  phone.mustMain()
  const record = listUnlinked(phone).find((one) => one.fileId === fileId)
  if (!record) throw new DeviceError('not_found', 'no such record')
  const household = await openFile(phone, householdFileId)
  if (household.kind !== HOUSEHOLD) throw new DeviceError('invalid', 'this is no household')
  if (!household.state.elements[`visits/${fileId}`]) {
    const { visited_on, observation, ...values } = record.values
    const value = { visited_on: visited_on ?? dayOf(record.at), observation: [observation, record.note].filter(Boolean).join('\n') || null, ...values } as Record<string, unknown> as { [field: string]: Json }
    const made: Operation[] = [{ op: 'append', path: 'visits', id: fileId, value }]
    // What was recorded from the red card is a crisis too: it rings and waits to be written up.
    if (values['urgency'] === 'emergency') made.push({ op: 'append', path: 'crises', id: fileId, value: { found_at: record.at, what_happened: record.note || null, raised_by: phone.mustPolicy().me.person_id } })
    await save(phone, partsOf(household, made, {}))
  }
  const ops: Operation[] = [
    { op: 'set', path: 'linked_to', value: householdFileId },
    { op: 'set', path: 'linked_element', value: fileId },
  ]
  await save(phone, partsOf(await openFile(phone, fileId), ops, {}))
}

function opsOf(record: Spoken, at: number): Operation[] {
  const said: [string, Json][] = [
    ['village_name', record.villageName],
    ['person_name', record.personName],
    ['note', record.note],
    ['values', Object.keys(record.values).length ? (record.values as { [key: string]: Json }) : ''],
  ]
  const ops: Operation[] = said.filter(([, value]) => value !== '').map(([path, value]) => ({ op: 'set', path, value }))
  return [...ops, { op: 'set', path: 'recorded_at', value: at }]
}

function scopeFor(phone: Phone, villageName: string): string {
  const villages: Village[] = phone.state.villages
  const scope = villages.find((village) => village.name === villageName)?.scope ?? phone.state.me?.scopes[0]
  if (!scope) throw new DeviceError('not_allowed', 'no patch of one’s own')
  return scope
}
