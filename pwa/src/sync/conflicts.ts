/** Conflicts: derived from the registers, never stored; an id that every replica derives alike (F-7, F-8). */
import { compareCodePoints } from './canonical'
import { sha256Hex } from './change'
import type { ConflictRule, FoldedConflict, FoldedValue } from './folded'
import { candidatesOf, compareRecency, leadOf, type Candidate, type Write } from './policies'
import { valueJson, type Register } from './registers'
import { compareDots, covers } from './versions'

/** Stable name of a conflict: it can be assigned, linked to and commented on before it is decided (F-8). */
export function conflictId(file: string, rule: ConflictRule, path: string): string {
  return sha256Hex('conflict\n' + file + '\n' + rule + '\n' + path).slice(0, 32)
}

/** The register's own conflict: several values of which none is settled. */
export function conflictOfValues(file: string, register: Register): FoldedConflict | null {
  if (register.isSettled || !register.isWritten) return null
  return conflict(file, 'values', register.path, register.toJson().values)
}

/** An edit and a void of the same element, neither of which had seen the other. */
export function conflictOfVoid(file: string, element: string, strike: Register, edits: Write[]): FoldedConflict | null {
  const { voids, blind } = unseenEdits(strike, edits)
  if (!voids.length) return null
  const values = latestFirst(voids).map(candidate => valueJson(candidate, strike.path))
  const paths = Array.from(new Set(blind.map(edit => edit.path))).sort(compareCodePoints)
  for (const path of paths) {
    for (const candidate of latestFirst(blind.filter(edit => edit.path === path))) values.push(valueJson(candidate, path))
  }
  return conflict(file, 'edit_of_voided', element, values)
}

function latestFirst(writes: Write[]): Candidate[] {
  return candidatesOf(writes).sort((a, b) => compareRecency(leadOf(b), leadOf(a)))
}

/** The live voids, and the edits concurrent with one of them; edits count even when they were replaced since. */
export function unseenEdits(strike: Register, edits: Write[]): { voids: Write[]; blind: Write[] } {
  const voids = strike.live.filter(write => write.value === true)
  const isBlind = (edit: Write, struck: Write): boolean =>
    compareDots(edit.dot, struck.dot) !== 0 && !covers(struck.base, edit.dot) && !covers(edit.base, struck.dot)
  return {
    voids: voids.filter(struck => edits.some(edit => isBlind(edit, struck))),
    blind: edits.filter(edit => voids.some(struck => isBlind(edit, struck))),
  }
}

function conflict(file: string, rule: ConflictRule, path: string, values: FoldedValue[]): FoldedConflict {
  return { id: conflictId(file, rule, path), rule, path, values }
}
