/**
 * The state of a file as a pure function of its changes and verdicts (PROTOCOL.md 5); mirror of `sync/fold.py`, held to
 * it by shared vectors and by random histories. The result depends on no order of receipt, no repeat and no clock of
 * ours: accepted changes are folded by position, then this device's own undecided ones in the order they were made.
 */
import { foldSection, sectionAct, type Fields, type Guards, type SectionAct } from './approvals'
import { canonicalize, compareCodePoints, type Json } from './canonical'
import { dotOf, elementOf, isMerge, sha256Hex, VOID_FIELD, type Operation } from './change'
import { conflictOfValues, conflictOfVoid, unseenEdits } from './conflicts'
import type { FoldedConflict, FoldedElement, FoldedFile, FoldedSection } from './folded'
import { absorbedBy, formOf, inFoldingOrder, listMerges, MERGED_PREFIX, placeWrite, positionOf, protectiveOf, SCOPE_PATH, shownIn, type FoldInput } from './inputs'
import type { Write } from './policies'
import { Register, UnionRegister } from './registers'
import { fieldRule, findSection, pinnedPaths, protectionRank, safestPaths, type Rules, type SectionRule } from './rules'
import { baseOf, covers, dotText, type Dot } from './versions'

export type { FoldedFile, FoldedPath, FoldedValue, FoldedSection, FoldedConflict, FoldedElement, FoldedApproval, FoldedAct, LostValue, SectionStatus } from './folded'
export type { Rules } from './rules'

export { acceptedOf, type FoldInput } from './inputs'

/**
 * Folds the changes of one file. They may come in any order but the undecided ones, and repeatedly. `file`: whose fold it
 * is, where changes of several files are given because some were merged.
 */
export function fold(rules: Rules, inputs: readonly FoldInput[], file?: string): FoldedFile {
  const target = file || (inputs[0] ? inputs[0].change.file : '')
  const folding = new Folding(rules, target, inputs)
  for (const input of inFoldingOrder(inputs, target)) folding.take(input)
  for (const input of protectiveOf(inputs, target)) folding.protect(input)
  return folding.result()
}

/** Digest of a fold of accepted changes only (`acceptedOf`, S-1): equal digests, equal files. */
export function stateDigest(folded: FoldedFile): string {
  const leaves: [string, ...Json[]][] = []
  for (const [path, register] of Object.entries(folded.paths)) {
    const dots: string[] = []
    for (const value of register.values) dots.push(...value.dots.map(dotText))
    leaves.push([path, register.status, register.value, dots.sort()])
  }
  for (const [path, element] of Object.entries(folded.elements)) leaves.push([path, 'element', element.voided])
  for (const [path, section] of Object.entries(folded.sections)) {
    const inForce = section.approved.filter(approval => approval.standing === 'in_force')
    if (inForce[0]) leaves.push(['§' + path, 'approved', inForce[0].content, inForce.map(approval => approval.change).sort()])
  }
  leaves.sort((a, b) => compareCodePoints(a[0], b[0]))
  return sha256Hex(leaves.map(leaf => sha256Hex(canonicalize(leaf))).join('\n'))
}

/** A file while it is being folded: its registers, elements and acts, filled by `take` in the order of folding. */
class Folding {
  private taken: FoldInput[] = []
  private registers = new Map<string, Register | UnionRegister>()
  private elements = new Map<string, Dot>()
  private edits = new Map<string, Write[]>() // element -> every write inside it
  private acts = new Map<string, SectionAct[]>()

  /** `received`: everything that was given, from which a form of the past can be folded again. */
  constructor(private readonly rules: Rules, private readonly file: string, private readonly received: readonly FoldInput[]) {}

  // --- taking changes in ---

  take(input: FoldInput): void {
    const { change } = input
    const { about, merge, to } = change
    for (const operation of change.ops) this.operate(operation, input)
    const isOwn = change.file === this.file
    // A group of root fields is another in each file: an act on it counts where it was made.
    if (about && ['submit', 'approve', 'return', 'withdraw'].indexOf(change.act) >= 0 && (isOwn || about.section.indexOf('/') >= 0)) this.act(input, about.section)
    if (isOwn && change.act === 'transfer' && to !== undefined) this.register(SCOPE_PATH).foldIn(placeWrite(SCOPE_PATH, to, input))
    if (isOwn && isMerge(change.act) && merge) {
      const path = MERGED_PREFIX + merge.file
      this.register(path).foldIn(placeWrite(path, change.act === 'merge', input))
    }
    this.taken.push(input)
  }

  /** Lets the more protective `safest` values of an undecided change show (F-9). */
  protect(input: FoldInput): void {
    for (const operation of input.change.ops) {
      for (const [path, value] of valuesWritten(operation)) {
        if (fieldRule(this.rules, path).policy === 'safest') this.register(path).protect(this.write(path, value, input))
      }
    }
  }

  private operate(operation: Operation, input: FoldInput): void {
    if (operation.op === 'add' || operation.op === 'remove') {
      const union = this.union(operation.path)
      if (!union) return
      const write = this.write(operation.path, operation.value, input)
      union[operation.op](write)
      this.noteEdit(write)
    } else if (operation.op === 'void' || operation.op === 'restore') {
      this.strike(operation.path, operation.op === 'void', input)
    } else {
      if (operation.op === 'append') {
        const element = operation.path + '/' + operation.id
        if (!this.elements.has(element)) this.elements.set(element, dotOf(input.change))
      }
      for (const [path, value] of valuesWritten(operation)) this.set(path, value, input)
    }
  }

  private set(path: string, value: Json, input: FoldInput): void {
    if (fieldRule(this.rules, path).policy !== 'union') {
      const write = this.write(path, value, input)
      this.register(path).foldIn(write)
      this.noteEdit(write)
      return
    }
    const union = this.union(path)
    for (const member of union && Array.isArray(value) ? value : []) {
      const write = this.write(path, member, input)
      ;(union as UnionRegister).add(write) // an element's first values: nothing to replace
      this.noteEdit(write)
    }
  }

  private strike(element: string, isVoid: boolean, input: FoldInput): void {
    const register = this.register(element + '/' + VOID_FIELD)
    const { voids } = unseenEdits(register, this.edits.get(element) || [])
    const write = this.write(register.path, isVoid, input)
    register.foldIn(write, voids.some(struck => covers(write.base, struck.dot)))
  }

  private act(input: FoldInput, section: string): void {
    const rule = findSection(this.rules, section)
    const about = input.change.about
    if (!rule || !about) return
    const act = sectionAct(input.id, input.change, about, positionOf(input), this.pinnedFields(section, rule), this.guards(section, rule))
    this.acts.set(section, (this.acts.get(section) || []).concat(act))
  }

  private register(path: string): Register {
    let found = this.registers.get(path)
    if (!found) this.registers.set(path, (found = new Register(path, fieldRule(this.rules, path))))
    return found as Register
  }

  /** The set at a path; null where that path already holds a field of another policy. */
  private union(path: string): UnionRegister | null {
    let found = this.registers.get(path)
    if (!found) this.registers.set(path, (found = new UnionRegister(path)))
    return found instanceof UnionRegister ? found : null
  }

  private noteEdit(write: Write): void {
    const element = elementOf(write.path)
    if (!element) return
    const edits = this.edits.get(element)
    if (edits) edits.push(write)
    else this.edits.set(element, [write])
  }

  private write(path: string, value: Json, input: FoldInput): Write {
    const { change, verdict } = input
    const accepted = verdict && verdict.status === 'accepted' ? verdict : null
    const claimed = Math.max(change.at, change.server_at)
    const duties = this.rules.duties
    const rank = accepted && accepted.duty !== null ? duties.indexOf(accepted.duty) : -1
    return {
      path,
      value,
      key: canonicalize(value),
      dot: dotOf(change),
      base: change.base,
      person: change.person,
      at: change.at,
      effectiveAt: accepted ? Math.min(accepted.received_at, claimed) : claimed,
      position: positionOf(input),
      dutyRank: rank < 0 ? duties.length : rank,
      resolves: change.act === 'resolve',
    }
  }

  // --- what the file is now ---

  private isVoided(element: string): boolean {
    const register = this.registers.get(element + '/' + VOID_FIELD)
    return register !== undefined && register.value === true
  }

  /** Settled values of the pinned fields that were ever written; null: voided or unsettled, no hash. */
  private pinnedFields(section: string, rule: SectionRule): Fields | null {
    if (this.isVoided(section)) return null
    const fields: Fields = {}
    for (const path of pinnedPaths(section, rule)) {
      const register = this.registers.get(path)
      if (!register || !register.isWritten) continue
      if (!register.isSettled) return null
      fields[path] = register.value
    }
    return fields
  }

  /** How protective each `safest` field of the section is now. */
  private guards(section: string, rule: SectionRule): Guards {
    const guards: Guards = {}
    for (const path of safestPaths(this.rules, section, rule)) {
      const register = this.registers.get(path)
      const field = fieldRule(this.rules, path)
      guards[path] = register ? protectionRank(field, register.value) : (field.order || []).length
    }
    return guards
  }

  private section(path: string, rule: SectionRule): FoldedSection {
    const fields = this.pinnedFields(path, rule)
    const fieldsAt = (act: SectionAct): Fields | null => this.fieldsAt(act, rule)
    return foldSection({ path, rule, schema: this.rules.version, fields, guards: this.guards(path, rule), fieldsAt }, this.acts.get(path) || [])
  }

  /** What the author of the act saw: the form of the act's own file, at its base. */
  private fieldsAt(act: SectionAct, rule: SectionRule): Fields | null {
    const { change } = this.received.find(input => input.id === act.id) as FoldInput
    const seen = formOf(this.received, change)
    const earlier = new Folding(this.rules, change.file, seen)
    for (const input of inFoldingOrder(seen, change.file)) earlier.take(input)
    return earlier.pinnedFields(act.about.section, rule)
  }

  /** Open conflicts, by path and rule. */
  private conflicts(): FoldedConflict[] {
    const found: (FoldedConflict | null)[] = []
    this.registers.forEach((register, path) => {
      if (!(register instanceof Register)) return
      const element = elementOf(path)
      // Its file is merged here no more: what was written about it is history (F-14).
      if (element && path[0] !== '$' && !this.elements.has(element)) return
      found.push(conflictOfValues(this.file, register))
      if (element && path.endsWith(VOID_FIELD)) found.push(conflictOfVoid(this.file, element, register, this.edits.get(element) || []))
    })
    const open = found.filter(Boolean) as FoldedConflict[]
    return open.sort((a, b) => compareCodePoints(a.path, b.path) || compareCodePoints(a.rule, b.rule))
  }

  result(): FoldedFile {
    const base = baseOf(this.taken.map(input => dotOf(input.change)))
    const merges = listMerges(this.received)
    const given = new Set(this.received.map(input => input.change.file))
    const folded: FoldedFile = {
      file: this.file,
      kind: this.rules.kind,
      rules_version: this.rules.version,
      paths: {},
      elements: {},
      conflicts: this.conflicts(),
      sections: {},
      vector: base.vector,
      except: base.except,
      absorbed_by: absorbedBy(merges, this.file),
      absorbs: shownIn(merges, this.file).map(({ file, by }) => ({ file, by, known: given.has(file) })),
    }
    for (const path of sortedKeys(this.registers)) {
      const register = this.registers.get(path) as Register | UnionRegister
      if (register.isWritten) folded.paths[path] = register.toJson()
    }
    for (const path of sortedKeys(this.elements)) folded.elements[path] = this.element(path)
    const sections = new Set([...Object.keys(this.rules.sections), ...sortedKeys(this.elements), ...sortedKeys(this.acts)])
    for (const path of Array.from(sections).sort(compareCodePoints)) {
      const rule = findSection(this.rules, path)
      if (rule && this.isSectionShown(path, rule)) folded.sections[path] = this.section(path, rule)
    }
    return folded
  }

  /** A section that has content or acts. */
  private isSectionShown(path: string, rule: SectionRule): boolean {
    if (this.acts.has(path) || this.elements.has(path)) return true
    const fields = this.pinnedFields(path, rule)
    return fields === null || Object.keys(fields).length > 0
  }

  private element(path: string): FoldedElement {
    const [collection, id] = path.split('/') as [string, string]
    return { collection, id, voided: this.isVoided(path), dot: this.elements.get(path) as Dot }
  }
}

function sortedKeys(map: Map<string, unknown>): string[] {
  return Array.from(map.keys()).sort(compareCodePoints)
}

/** Path and value of each register that a `set` or an `append` writes (F-2). */
function valuesWritten(operation: Operation): [string, Json][] {
  if (operation.op === 'set') return [[operation.path, operation.value]]
  if (operation.op !== 'append') return []
  return Object.entries(operation.value).map(([name, value]) => [operation.path + '/' + operation.id + '/' + name, value])
}
