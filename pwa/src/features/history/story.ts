/**
 * The history of a file, told change by change: who, from which device, when, what the server said, and of each value
 * written whether it still counts. Nothing that anybody wrote is left out; wording is the screen's.
 */
import type { FileView, HistoryEntry } from '../../device/contract'
import type { FoldedFile, FoldedPath } from '../../sync/fold'
import type { Operation } from '../../sync/change'
import type { Json } from '../../sync/canonical'

/** `shown`: the value one sees now. `also`: listed beside it. `open`: one side of a conflict. */
export type Standing = 'shown' | 'also' | 'open' | 'replaced' | 'not_counted' | 'waiting'

export interface Line {
  what: 'wrote' | 'added' | 'removed' | 'began' | 'struck_out' | 'brought_back' | 'other'
  path: string
  value: Json | undefined
  standing: Standing | null
}

/** What a decision put aside: still readable, with its author. */
export interface Lost { path: string; value: Json; personId: string; at: number }

export interface Telling {
  entry: HistoryEntry
  lines: Line[]
  lost: Lost[]
}

export function tellHistory(view: FileView): Telling[] {
  return view.history.map(entry => ({ entry, lines: linesOf(view.state, entry), lost: lostBy(view.state, entry) }))
}

/** The entries in which one person had a hand, or one field was written; null filters nothing. */
export function filterTellings(tellings: Telling[], personId: string | null, acts: readonly string[] | null): Telling[] {
  return tellings.filter(({ entry }) => (!personId || entry.personId === personId) && (!acts || acts.indexOf(entry.act) >= 0))
}

function linesOf(state: FoldedFile, entry: HistoryEntry): Line[] {
  const lines: Line[] = []
  for (const op of entry.ops) {
    if (op.op === 'append') {
      const path = `${op.path}/${op.id}`
      lines.push({ what: 'began', path, value: undefined, standing: null })
      for (const field of Object.keys(op.value)) {
        lines.push(written(state, entry, `${path}/${field}`, op.value[field] as Json, 'wrote'))
      }
    } else {
      lines.push(lineOf(state, entry, op))
    }
  }
  return lines
}

function lineOf(state: FoldedFile, entry: HistoryEntry, op: Exclude<Operation, { op: 'append' }>): Line {
  switch (op.op) {
    case 'set': return written(state, entry, op.path, op.value, 'wrote')
    case 'add': return written(state, entry, op.path, op.value, 'added')
    case 'remove': return { what: 'removed', path: op.path, value: op.value, standing: null }
    case 'void': return { what: 'struck_out', path: op.path, value: undefined, standing: null }
    case 'restore': return { what: 'brought_back', path: op.path, value: undefined, standing: null }
  }
  return { what: 'other', path: (op as { path: string }).path, value: undefined, standing: null }
}

function written(state: FoldedFile, entry: HistoryEntry, path: string, value: Json, what: 'wrote' | 'added'): Line {
  return { what, path, value, standing: standingOf(state.paths[path], entry) }
}

function standingOf(path: FoldedPath | undefined, entry: HistoryEntry): Standing {
  const live = path?.values.find(value => value.dots.some(dot => sameDot(dot, entry.dot)))
  if (live && path) {
    if (entry.fate !== 'accepted') return 'waiting'
    if (path.status === 'conflict') return 'open'
    if (path.status === 'settled') return 'shown'
    return canonical(live.value) === canonical(path.value) ? 'shown' : 'also'
  }
  if (entry.fate === 'returned' || entry.fate === 'declined') return 'not_counted'
  if (entry.fate !== 'accepted') return 'waiting'
  return 'replaced'
}

/** The other values that stood when a decision was written, newest first; only decisions put values aside knowingly. */
function lostBy(state: FoldedFile, entry: HistoryEntry): Lost[] {
  if (entry.act !== 'resolve') return []
  const lost: Lost[] = []
  for (const op of entry.ops) {
    if (op.op !== 'set') continue
    const chosen = canonical(op.value)
    const seen: Record<string, true> = {}
    for (const old of (state.paths[op.path]?.replaced ?? []).slice().sort((a, b) => b.at - a.at)) {
      const value = canonical(old.value)
      if (value === chosen || old.at > entry.at || seen[value]) continue
      seen[value] = true
      lost.push({ path: op.path, value: old.value, personId: old.person, at: old.at })
    }
  }
  return lost
}

function sameDot(a: readonly [string, number], b: readonly [string, number]): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** Text by which two values of one field compare; keys in order, since a group is an object. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value && typeof value === 'object') return `{${Object.keys(value).sort().map(key => `${key}:${canonical(value[key] as Json)}`).join(',')}}`
  return JSON.stringify(value)
}
