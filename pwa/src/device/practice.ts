/**
 * A phone to practise on: the whole contract in memory, on invented households, without vault or server. `npm run dev -- --mode
 * practice` runs the screens on it; nothing here is stored and every PIN, password and code opens it. The fold here is a
 * plain replay: it shows single values, not the merging of the real one.
 */
import { shallowReactive } from 'vue'
import type { Operation } from '../sync/change'
import type { FoldedFile, FoldedPath, FoldedSection, Rules } from '../sync/fold'
import type {
  AttachmentInfo, Device, EnrolmentOffer, FileView, HistoryEntry, HouseholdSummary, Me, OpenMode, OwnSave, SaveOptions, SyncStatus, UnlinkedRecord, VaultHolder,
} from './contract' // prettier-ignore
import { DeviceError } from './errors'
import { hex, makeHouseholds, ME, PEOPLE, SCOPE, STATION, VILLAGES } from './practice-data'
import { summarise } from './summary'

const REPLICA = 'd4'.repeat(16)
const OTHER = 'e5'.repeat(16)
const DAY_MS = 86_400_000

interface PracticeFile {
  kind: string
  entries: HistoryEntry[] // oldest first
}

export function makePracticeDevice(rules: Record<string, Rules> = {}, start: OpenMode = 'main'): Device {
  return new PracticeDevice(rules, start)
}

class PracticeDevice implements Device {
  private readonly state = shallowReactive({
    mode: 'locked' as OpenMode,
    households: [] as HouseholdSummary[],
    route: [] as string[],
    sync: { online: true, syncing: false, unsentCount: 0, unsentSince: null, lastCompleteAt: Date.now(), problem: null, progress: null } as SyncStatus,
  })
  private readonly files = new Map<string, PracticeFile>()
  private readonly drafts = new Map<string, { value: unknown; savedAt: number }>()
  private readonly photos = new Map<string, Blob>()
  private readonly dismissed = new Set<string>()
  private readonly listeners = new Map<string, Set<() => void>>()
  private unlinked: UnlinkedRecord[] = []
  private fieldCode = '483920175562'
  readonly me: Me = { personId: ME, name: PEOPLE[ME] as string, duties: ['worker', 'deputy', 'head'], stationId: STATION.id, stationName: STATION.name, scopes: [SCOPE] }
  readonly villages = VILLAGES
  readonly people = PEOPLE

  constructor(readonly rules: Record<string, Rules>, start: OpenMode) {
    for (const household of makeHouseholds(new Date().toISOString().slice(0, 10))) {
      this.files.set(household.fileId, { kind: 'household', entries: [this.entry(household.fileId, household.ops, {}, OTHER, Date.now() - 3 * DAY_MS)] })
    }
    this.state.route = [...this.files.keys()].slice(0, 6)
    this.state.mode = start
    this.addConflict()
    this.refresh()
  }

  get mode(): OpenMode { return this.state.mode }
  get households(): HouseholdSummary[] { return this.state.mode === 'locked' ? [] : this.state.households }
  get sync(): SyncStatus { return this.state.sync }
  get route(): string[] { return this.state.route }

  async listHolders(): Promise<VaultHolder[]> {
    return [{ personId: ME, displayName: PEOPLE[ME] as string, routeUntil: Date.now() + DAY_MS / 2 }]
  }
  async lookEnrolment(code: string): Promise<EnrolmentOffer> {
    return { code, stationName: STATION.name, personName: PEOPLE[ME] as string, duty: 'worker', expiresAt: Date.now() + DAY_MS }
  }
  async enrol(_offer: EnrolmentOffer, _secrets: unknown, onProgress: (step: string) => void): Promise<{ fieldCode: string }> {
    for (const step of ['keys', 'password', 'server', 'vault']) onProgress(step)
    this.state.mode = 'main'
    return { fieldCode: this.fieldCode }
  }
  async unlockWithPassword(): Promise<void> { this.state.mode = 'main' }
  async unlockWithFieldCode(): Promise<void> { this.state.mode = 'main' }
  async unlockWithPin(_personId: string, pin: string): Promise<void> {
    if (pin === '000000') throw new DeviceError('wrong_secret', 'practice refuses 000000', { remaining: 9 })
    this.state.mode = 'route'
  }
  async lock(): Promise<void> { this.state.mode = 'locked' }
  async showFieldCode(): Promise<string> { return this.fieldCode }
  async renewFieldCode(): Promise<string> { return (this.fieldCode = '771204938816') }
  async changePin(): Promise<void> {}

  async openFile(fileId: string): Promise<FileView> {
    const file = this.files.get(fileId)
    if (!file) throw new DeviceError('not_found', 'no such file on this phone')
    if (this.state.mode === 'locked' || (this.state.mode === 'route' && !this.state.route.includes(fileId))) throw new DeviceError('locked', 'not on the route')
    const state = this.fold(fileId, file)
    return { fileId, kind: file.kind, scope: SCOPE, state, base: { vector: state.vector, except: [] }, seen: hex(fileId).repeat(2), history: [...file.entries].reverse(), readonly: false }
  }
  async save(view: FileView, ops: Operation[], options: SaveOptions = {}): Promise<string> {
    const file = this.files.get(view.fileId)
    if (!file) throw new DeviceError('not_found', 'no such file on this phone')
    const entry = this.entry(view.fileId, ops, options, REPLICA, Date.now())
    file.entries.push(entry)
    if (options.draftKey) this.drafts.delete(options.draftKey)
    this.refresh(view.fileId)
    return entry.changeId
  }
  async createFile(kind: string, _scope: string, ops: Operation[], options: SaveOptions = {}): Promise<{ fileId: string; changeId: string }> {
    const fileId = this.newId()
    const entry = this.entry(fileId, ops, options, REPLICA, Date.now())
    this.files.set(fileId, { kind, entries: [entry] })
    if (options.draftKey) this.drafts.delete(options.draftKey)
    this.refresh(fileId)
    return { fileId, changeId: entry.changeId }
  }
  onFileChanged(fileId: string, listener: () => void): () => void {
    const listeners = this.listeners.get(fileId) ?? new Set()
    this.listeners.set(fileId, listeners.add(listener))
    return () => void listeners.delete(listener)
  }
  newId(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  async setRoute(fileIds: string[]): Promise<void> {
    this.state.route = fileIds.slice(0, 12)
    this.refresh()
  }

  saveDraft(key: string, value: unknown): void { this.drafts.set(key, { value: JSON.parse(JSON.stringify(value)), savedAt: Date.now() }) }
  async loadDraft<T>(key: string): Promise<T | null> { return (this.drafts.get(key)?.value as T | undefined) ?? null }
  async deleteDraft(key: string): Promise<void> { this.drafts.delete(key) }
  async listDrafts(): Promise<{ key: string; savedAt: number }[]> {
    return [...this.drafts].map(([key, draft]) => ({ key, savedAt: draft.savedAt }))
  }

  async recordUnlinked(record: Omit<UnlinkedRecord, 'fileId' | 'at'>): Promise<void> {
    this.unlinked = [...this.unlinked, { ...record, fileId: this.newId(), at: Date.now() }]
  }
  async listUnlinked(): Promise<UnlinkedRecord[]> { return this.unlinked }
  async linkUnlinked(fileId: string): Promise<void> { this.unlinked = this.unlinked.filter((record) => record.fileId !== fileId) }

  async keepPhoto(_fileId: string, photo: Blob): Promise<AttachmentInfo> {
    const id = this.newId()
    const sha256 = id + id
    this.photos.set(sha256, photo)
    return { id, sha256, mediaType: 'image/jpeg', bytes: photo.size, uploaded: false }
  }
  async openPhoto(_fileId: string, sha256: string): Promise<string> {
    const photo = this.photos.get(sha256)
    if (!photo) throw new DeviceError('not_found', 'no such photo on this phone')
    return URL.createObjectURL(photo)
  }

  async syncNow(): Promise<void> {
    this.state.sync = { ...this.state.sync, syncing: true }
    await new Promise((resolve) => setTimeout(resolve, 600))
    for (const file of this.files.values()) for (const entry of file.entries) if (entry.fate === 'unsent') Object.assign(entry, { fate: 'accepted', receivedAt: Date.now(), position: 1 })
    this.state.sync = { ...this.state.sync, syncing: false, lastCompleteAt: Date.now() }
    this.refresh()
  }
  async listOwnSaves(): Promise<OwnSave[]> {
    return [...this.files].flatMap(([fileId, file]) =>
      file.entries.filter((entry) => entry.own).map((entry) => ({ ...entry, fileId, headName: this.nameOf(fileId), dismissed: this.dismissed.has(entry.changeId) })),
    ).sort((a, b) => b.at - a.at) // prettier-ignore
  }
  async dismissReturned(changeId: string): Promise<void> { this.dismissed.add(changeId) }
  async call<T>(): Promise<T> { throw new DeviceError('offline', 'practice has no server') }
  async upload<T>(): Promise<T> { throw new DeviceError('offline', 'practice has no server') }

  private nameOf(fileId: string): string {
    return this.state.households.find((household) => household.fileId === fileId)?.headName ?? ''
  }
  private entry(fileId: string, ops: Operation[], options: SaveOptions, replica: string, at: number): HistoryEntry {
    const own = replica === REPLICA
    const seq = (this.files.get(fileId)?.entries.filter((entry) => entry.replica === replica).length ?? 0) + 1
    return {
      changeId: this.newId() + this.newId(), dot: [replica, seq], act: options.act ?? 'save', ops, about: options.about ?? null, reason: options.reason ?? null,
      personId: own ? ME : ('c2'.repeat(16)), personName: own ? (PEOPLE[ME] as string) : '周远', replica, at, receivedAt: own ? null : at, position: own ? null : 1,
      fate: own ? 'unsent' : 'accepted', reasons: [], own,
    } // prettier-ignore
  }
  /** One household shows what a conflict looks like: two phone-shaped answers to one question. */
  private addConflict(): void {
    const [fileId] = this.files.keys()
    const file = fileId ? this.files.get(fileId) : undefined
    file?.entries.push({ ...this.entry(fileId as string, [{ op: 'set', path: 'household_size', value: 5 }], {}, OTHER, Date.now() - DAY_MS), reason: 'practice-conflict' })
  }
  private fold(fileId: string, file: PracticeFile): FoldedFile {
    const state: FoldedFile = { file: fileId, kind: file.kind, rules_version: 1, paths: {}, elements: {}, conflicts: [], sections: {}, vector: {}, except: [] }
    for (const entry of file.entries) {
      state.vector[entry.dot[0]] = entry.dot[1]
      for (const op of entry.ops) this.apply(state, entry, op)
      if (entry.about) state.sections[entry.about.section] = sectionAfter(state.sections[entry.about.section], entry)
    }
    return state
  }
  private apply(state: FoldedFile, entry: HistoryEntry, op: Operation): void {
    if (op.op === 'append') {
      state.elements[`${op.path}/${op.id}`] = { collection: op.path, id: op.id, voided: false, dot: entry.dot }
      for (const [field, value] of Object.entries(op.value)) this.write(state, entry, `${op.path}/${op.id}/${field}`, value)
    } else if (op.op === 'void' || op.op === 'restore') {
      const element = state.elements[op.path]
      if (element) element.voided = op.op === 'void'
    } else if (op.op === 'add' || op.op === 'remove') {
      const before = (state.paths[op.path]?.value ?? []) as (string | number)[]
      this.write(state, entry, op.path, op.op === 'add' ? [...new Set([...before, op.value])].sort() : before.filter((value) => value !== op.value))
    } else this.write(state, entry, op.path, op.value)
  }
  private write(state: FoldedFile, entry: HistoryEntry, path: string, value: FoldedPath['value']): void {
    const before = state.paths[path]
    const live = { value, dots: [entry.dot], person: entry.personId, at: entry.at, effective_at: entry.at, position: entry.position }
    if (entry.reason === 'practice-conflict' && before) {
      state.paths[path] = { status: 'conflict', value: null, stands: before.value, values: [...before.values, live], replaced: [] }
      state.conflicts = [{ id: hex(path), rule: 'values', path, values: [...before.values, live] }]
      return
    }
    state.conflicts = state.conflicts.filter((conflict) => conflict.path !== path)
    const replaced = (before?.values ?? []).map((old) => ({ value: old.value, dot: old.dots[0] as [string, number], person: old.person, at: old.at }))
    state.paths[path] = { status: 'settled', value, values: [live], replaced: [...(before?.replaced ?? []), ...replaced] }
  }
  private refresh(changed?: string): void {
    const route = new Set(this.state.route)
    const own = [...this.files.values()].flatMap((file) => file.entries).filter((entry) => entry.fate === 'unsent')
    this.state.households = [...this.files].filter(([, file]) => file.kind === 'household').map(([fileId, file]) => {
      const unsent = file.entries.filter((entry) => entry.fate === 'unsent').length
      return { ...summarise(this.fold(fileId, file), { unsent, returned: 0, updatedAt: file.entries[file.entries.length - 1]?.at ?? 0 }), onRoute: route.has(fileId) }
    }) // prettier-ignore
    this.state.sync = { ...this.state.sync, unsentCount: own.length, unsentSince: own.length ? Math.min(...own.map((entry) => entry.at)) : null }
    for (const listener of this.listeners.get(changed ?? '') ?? []) listener()
  }
}

function sectionAfter(before: FoldedSection | undefined, entry: HistoryEntry): FoldedSection {
  const section = before ?? { status: 'draft' as const, content: null, submitted: null, returned: null, approved: [] }
  const mark = { change: entry.changeId, content: entry.about?.content ?? '', person: entry.personId, at: entry.at }
  if (entry.act === 'submit') return { ...section, status: 'submitted', submitted: mark, returned: null }
  if (entry.act === 'return') return { ...section, status: 'returned', returned: { ...mark, reason: entry.reason, remarks: entry.about?.remarks ?? null } }
  if (entry.act === 'approve') return { ...section, status: 'approved', approved: [...section.approved, { ...mark, step: 1, effective: true, snapshot: {} }] }
  return section
}
