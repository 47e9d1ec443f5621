/** The needs board as the server tells it, kept on the phone so that it can be read on the road; taking a need up needs the network. */
import type { Device } from '../../device'

export type EntryState = 'open' | 'taken' | 'fulfilled' | 'withheld'
/** `file`, `element`: only of households that this person reads. */
export interface BoardEntry { entry: string; state: EntryState; need: string; kind: string; words: string; quantity: string; patch: string; posted_on: string; posted_by: string | null; taken_by: string | null; taken_at: number | null; note: string; file: string | null; element: string | null }
export interface Board { entries: BoardEntry[]; at: number }

const KEPT = 'board:last'
const ORDER: EntryState[] = ['withheld', 'open', 'taken', 'fulfilled']

/** As it was told last; null: never yet. */
export function loadKept(device: Device): Promise<Board | null> {
  return device.loadDraft<Board>(KEPT)
}

export async function fetchBoard(device: Device, now: number): Promise<Board> {
  const { entries } = await device.call<{ entries: BoardEntry[] }>('GET', '/board')
  const board = { entries, at: now }
  device.saveDraft(KEPT, board)
  return board
}

/** Nobody else can take it up then: the second who tries is told. */
export async function takeUp(device: Device, entry: string, note: string): Promise<void> {
  await device.call('POST', `/board/${entry}/take`, { note })
}

export async function giveBack(device: Device, entry: string): Promise<void> {
  await device.call('POST', `/board/${entry}/give-back`)
}

/** What one must do something about first; the newest first within. */
export function sorted(entries: readonly BoardEntry[]): BoardEntry[] {
  return [...entries].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.posted_on < b.posted_on ? 1 : a.posted_on > b.posted_on ? -1 : 0))
}

export function fits(one: BoardEntry, what: string | null, me: string | undefined): boolean {
  if (what === null) return one.state !== 'fulfilled'
  if (what === 'mine') return one.taken_by === me || one.posted_by === me
  return one.state === what
}
