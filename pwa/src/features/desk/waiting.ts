/** What waits for a deputy, as the server lists it: by whom and why, and what she answers. Online only. */
import type { Device, Why } from '../../device'
import type { Operation } from '../../sync/change'
import type { SaidReason } from '../../i18n/reasons'

export interface WaitingItem {
  change: string
  file: string
  kind: string
  scope: string
  replica: string
  person_id: string
  act: string
  status: 'held' | 'quarantined' | 'returned'
  why: Why
  position: number
  received_at: number
  reasons: SaidReason[]
  asked_at: number | null
  note: string | null
}

/** One person's saves that wait for one reason: decided together where nothing meets another value. */
export interface WaitingGroup {
  key: string
  personId: string
  why: Why
  items: WaitingItem[]
  households: number
  oldest: number
}

export interface Decided { change: string; status: string | null; code: string | null }

const PAGE = 200
const PAGES_MAX = 10
const BATCH = 50
const ORDER: Why[] = ['asked', 'fork', 'lost_phone', 'former_scope', 'role_changed', 'other', 'held']

export async function listWaiting(device: Pick<Device, 'call'>): Promise<WaitingItem[]> {
  const items: WaitingItem[] = []
  let after = 0
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await device.call<{ items: WaitingItem[]; more: boolean }>('GET', `/review?after=${after}&limit=${PAGE}`)
    items.push(...answer.items)
    after = Math.max(after, ...answer.items.filter((item) => item.status !== 'returned').map((item) => item.position))
    if (!answer.more) break
  }
  return items
}

/** What somebody asks about first, then what was found wrong, what merely waits last; within, the longest waiting first. */
export function groupWaiting(items: readonly WaitingItem[]): WaitingGroup[] {
  const groups = new Map<string, WaitingGroup>()
  for (const item of items) {
    const why = item.asked_at !== null && item.status !== 'returned' ? 'asked' : item.why
    const key = `${why}:${item.person_id}`
    const group = groups.get(key) ?? { key, personId: item.person_id, why, items: [], households: 0, oldest: item.received_at }
    group.items.push(item)
    group.oldest = Math.min(group.oldest, item.received_at)
    groups.set(key, group)
  }
  for (const group of groups.values()) group.households = new Set(group.items.map((item) => item.file)).size
  return [...groups.values()].sort((a, b) => ORDER.indexOf(a.why) - ORDER.indexOf(b.why) || a.oldest - b.oldest)
}

/** A fork and a returned change are never taken in as they stand: nothing to accept in bulk. */
export function mayAcceptMany(group: WaitingGroup): boolean {
  return group.items.length > 1 && group.items.every((item) => item.status === 'quarantined' && item.why !== 'fork')
}

/** In the order in which they arrived: one builds on another. */
export async function decideMany(device: Pick<Device, 'call'>, items: readonly WaitingItem[], decision: 'accept' | 'decline', reason: string, onProgress: (done: number) => void): Promise<Decided[]> {
  const changes = [...items].sort((a, b) => a.position - b.position).map((item) => item.change)
  const results: Decided[] = []
  for (let start = 0; start < changes.length; start += BATCH) {
    const answer = await device.call<{ results: Decided[] }>('POST', '/review/decisions', { decision, changes: changes.slice(start, start + BATCH), ...said(reason) })
    results.push(...answer.results)
    onProgress(results.length)
  }
  return results
}

export async function decideOne(device: Pick<Device, 'call'>, change: string, decision: 'accept' | 'decline', reason: string): Promise<string> {
  const { verdict } = await device.call<{ verdict: { body: string } }>('POST', `/review/${change}`, { decision, ...said(reason) })
  return (JSON.parse(verdict.body) as { status: string }).status
}

function said(reason: string): { reason?: string } {
  return reason.trim() ? { reason: reason.trim() } : {}
}

/** What a deputy can enter again as her own: words, not acts of review. */
export function reissuable(act: string, ops: readonly Operation[]): boolean {
  return (act === 'save' || act === 'resolve' || act === 'void') && ops.length > 0
}
