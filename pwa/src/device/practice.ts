/**
 * A phone to practise on: the whole contract in memory, on invented households, without vault or server. `npm run dev -- --mode
 * practice` runs the screens on it; nothing here is stored, nothing is signed, and every PIN, password and code opens it.
 */
import { shallowReactive } from 'vue'
import { listRules } from '../records'
import { useLocalRules, type Warning } from '../records/local'
import { bodyText, changeId, makeChange, type Change, type Operation } from '../sync/change'
import type { FoldedFile, Rules } from '../sync/fold'
import type { Base } from '../sync/versions'
import type { FileBody } from '../vault'
import type {
  AttachmentInfo, Device, EnrolmentOffer, FileView, FoundNote, HouseholdSummary, LeavingFile, Me, MoveOptions, NotesLook, OpenedWaiting, OpenMode, OwnSave, SaveOptions, SyncStatus, UnlinkedRecord, VaultHolder,
} from './contract' // prettier-ignore
import type { Access } from './access-contract'
import { DeviceError } from './errors'
import { foldFile, historyEntry, readStored, viewOf, type Readers } from './file-state'
import { circleOf, linksOf } from './merged'
import { RESTRICTED, summaryOf } from './entries'
import { hex, ME, makeHouseholds, PATCHES, PEOPLE, SCOPE, STATION, VILLAGES, WARNINGS } from './practice-data'
import { practiceCarry } from './practice-carry'
import { readNotes, wordsOf } from './notes'
import { answer } from './practice-answers'
import { samePersons } from './same-persons'
import { dayOf, summarise } from './summary'
import { warner } from './warned'

const REPLICA = 'd4'.repeat(16)
const OTHER = 'e5'.repeat(16)
const COLLEAGUE = 'c2'.repeat(16)
const DRAWER = hex('drawer')
const DAY_MS = 86_400_000
const READERS: Readers = { people: PEOPLE, replicas: new Set([REPLICA]), received: new Set() }

export function makePracticeDevice(start: OpenMode = 'main'): Device {
  return new PracticeDevice(listRules() as unknown as Record<string, Rules>, start)
}

class PracticeDevice implements Device {
  private readonly state = shallowReactive({
    mode: 'locked' as OpenMode,
    households: [] as HouseholdSummary[],
    route: [] as string[],
    sync: { online: true, syncing: false, unsentCount: 0, unsentSince: null, unsentPhotos: 0, returnedCount: 0, renewal: null, restored: null, lastCompleteAt: Date.now(), problem: null, progress: null } as SyncStatus,
  })
  private readonly files = new Map<string, FileBody>()
  private readonly drafts = new Map<string, { value: unknown; savedAt: number }>()
  private readonly photos = new Map<string, Blob>()
  private readonly dismissed = new Set<string>()
  private readonly listeners = new Map<string, Set<() => void>>()
  private unlinked: UnlinkedRecord[] = []
  private fieldCode = '483920175562'
  private unsent: string[] = []
  readonly access: Access = { admit: async () => true, openAnyway: async () => undefined, unmasked: () => undefined, drawer: async () => ({ id: DRAWER, reads: true, readers: [ME] }), restricted: async (household) => this.listRestricted(household), erased: async () => [], putErasedAway: async () => undefined, grants: async () => [], software: 'practice' }
  readonly carry = practiceCarry(() => this.unsent)
  readonly me: Me = { personId: ME, name: PEOPLE[ME] as string, duties: ['worker', 'deputy', 'head'], stationId: STATION.id, stationName: STATION.name, scopes: [SCOPE] }
  readonly villages = VILLAGES
  readonly patches = PATCHES
  readonly people = PEOPLE

  constructor(
    readonly rules: Record<string, Rules>,
    start: OpenMode,
  ) {
    const past = Date.now() - 3 * DAY_MS
    useLocalRules(undefined, WARNINGS)
    for (const household of makeHouseholds(new Date().toISOString().slice(0, 10))) {
      const body: FileBody = { file: household.fileId, kind: 'household', scope: SCOPE, left: false, changes: [] }
      this.files.set(household.fileId, body)
      this.write(body, household.ops, {}, OTHER, past, { vector: {}, except: [] })
    }
    this.addConflict(past)
    this.addRestricted(past)
    this.state.route = [...this.files.keys()].slice(0, 6)
    this.state.mode = start
    this.refresh()
  }

  get mode(): OpenMode { return this.state.mode }
  get households(): HouseholdSummary[] { return this.state.mode === 'locked' ? [] : this.state.households }
  get samePersons() { return samePersons(this.households) }
  get warnings(): readonly Warning[] { return WARNINGS }
  get sync(): SyncStatus { return this.state.sync }
  get route(): string[] { return this.state.route }

  async listHolders(): Promise<VaultHolder[]> {
    return [{ personId: ME, displayName: PEOPLE[ME] as string, routeUntil: Date.now() + DAY_MS / 2, isEarlier: false }]
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
  readonly lease = { state: 'fine', until: null } as const
  async canUseFingerprint(): Promise<boolean> { return false }
  async hasFingerprint(): Promise<boolean> { return false }
  async addFingerprint(): Promise<void> { throw new DeviceError('unsupported', 'practice') }
  async removeFingerprint(): Promise<void> { throw new DeviceError('unsupported', 'practice') }
  async unlockWithFingerprint(): Promise<void> { this.state.mode = 'main' }
  async setPassword(): Promise<void> { /* nothing is locked here */ }
  holdOpen(): () => void { return () => undefined }
  async unlockWithPin(_personId: string, pin: string): Promise<void> {
    if (pin === '000000') throw new DeviceError('wrong_secret', 'practice refuses 000000', { remaining: 9 })
    this.state.mode = 'route'
  }
  async lock(): Promise<void> { this.state.mode = 'locked' }
  async showFieldCode(): Promise<string> { return this.fieldCode }
  async renewFieldCode(): Promise<string> { return (this.fieldCode = '771204938816') }
  async changePin(): Promise<void> {}
  async signOut(): Promise<void> {
    if (this.state.sync.unsentCount) throw new DeviceError('unsent', 'something is not sent yet')
    this.state.mode = 'locked'
  }

  async openFile(fileId: string): Promise<FileView> {
    const body = this.bodyOf(fileId)
    if (this.state.mode === 'locked' || (this.state.mode === 'route' && !this.state.route.includes(fileId))) throw new DeviceError('locked', 'not on the route')
    return viewOf(this.rulesOf(body.kind), body, READERS, this.others(body))
  }
  transferFile(view: FileView, scope: string, options: MoveOptions = {}): Promise<string> {
    return this.save(view, [], { ...options, act: 'transfer' }, { to: scope })
  }
  mergeFiles(survivor: FileView, absorbed: FileView, options: MoveOptions = {}): Promise<string> {
    return this.save(survivor, [], { ...options, act: 'merge' }, { merge: { file: absorbed.fileId, base: absorbed.base } })
  }
  undoMerge(survivor: FileView, absorbed: string, options: MoveOptions = {}): Promise<string> {
    return this.save(survivor, [], { ...options, act: 'unmerge' }, { merge: { file: absorbed } })
  }
  async save(view: FileView, ops: Operation[], options: SaveOptions = {}, move: Pick<Change, 'to' | 'merge'> = {}): Promise<string> {
    const id = this.write(this.bodyOf(view.fileId), ops, options, REPLICA, Date.now(), view.base, move)
    if (options.draftKey) this.drafts.delete(options.draftKey)
    this.refresh(view.fileId)
    return id
  }
  async createFile(kind: string, scope: string, ops: Operation[], options: SaveOptions = {}): Promise<{ fileId: string; changeId: string }> {
    const body: FileBody = { file: this.newId(), kind, scope, left: false, changes: [] }
    this.files.set(body.file, body)
    const changeId = this.write(body, ops, options, REPLICA, Date.now(), { vector: {}, except: [] })
    if (options.draftKey) this.drafts.delete(options.draftKey)
    this.refresh(body.file)
    return { fileId: body.file, changeId }
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
  async keepVoice(_fileId: string, voice: Blob): Promise<AttachmentInfo> {
    return { ...(await this.keepPhoto(_fileId, voice)), mediaType: voice.type.split(';')[0] as string }
  }
  async openPhoto(_fileId: string, sha256: string): Promise<string> {
    const photo = this.photos.get(sha256)
    if (!photo) throw new DeviceError('not_found', 'no such photo on this phone')
    return URL.createObjectURL(photo)
  }

  async readPhoto(_fileId: string, sha256: string): Promise<Blob> {
    const photo = this.photos.get(sha256)
    if (!photo) throw new DeviceError('not_found', 'no such photo on this phone')
    return photo
  }

  async syncNow(): Promise<void> {
    this.state.sync = { ...this.state.sync, syncing: true }
    await new Promise((resolve) => setTimeout(resolve, 600))
    for (const body of this.files.values()) for (const stored of body.changes) stored.verdict ??= { body: verdictText(stored.envelope.body), sig: '' }
    this.state.sync = { ...this.state.sync, syncing: false, lastCompleteAt: Date.now() }
    this.refresh()
  }
  async listOwnSaves(): Promise<OwnSave[]> {
    const saves = [...this.files.values()].flatMap((body) =>
      readStored(body)
        .map((known) => historyEntry(known, READERS))
        .filter((entry) => entry.own)
        .map((entry) => ({ ...entry, fileId: body.file, kind: body.kind, left: false, headName: this.nameOf(body.file), dismissed: this.dismissed.has(entry.changeId), askedAt: null, waitsFor: [] })),
    )
    return saves.sort((a, b) => b.at - a.at)
  }
  async dismissReturned(changeId: string): Promise<void> { this.dismissed.add(changeId) }
  async askDeputy(): Promise<void> {}
  async beginAmendment(_changeId: string, draftKey: string, draft: unknown): Promise<void> { this.saveDraft(draftKey, draft) }
  async listLeaving(): Promise<LeavingFile[]> { return [] }
  /** A colleague's words about the first household, as if a change of duties had held them up. */
  async openWaiting(changeId: string): Promise<OpenedWaiting> {
    const waiting = this.waiting()
    if (!waiting || waiting.change !== changeId) throw new DeviceError('not_found', 'nothing waits under this number')
    const body = this.bodyOf(waiting.file)
    const known = readStored(body).find((one) => one.id === changeId)!
    return {
      entry: historyEntry(known, READERS), view: await this.openFile(waiting.file), fileId: waiting.file, kind: body.kind, scope: body.scope, why: 'role_changed', status: 'quarantined',
      note: null, askedAt: null, reissuedAs: null, waitsFor: [], ifAccepted: { status: 'accepted', reasons: [], conflicts: [] },
    } // prettier-ignore
  }
  private waiting(): { change: string; file: string } | null {
    const [body] = this.files.values()
    const [first] = body ? readStored(body) : []
    return body && first ? { change: first.id, file: body.file } : null
  }
  private listRestricted(household: string): string[] {
    return [...this.files.values()].filter((body) => body.kind === RESTRICTED && this.fold(body).paths['household']?.value === household).map((body) => body.file)
  }
  async reissue(): Promise<void> { throw new DeviceError('offline', 'practice has no server') }
  async renew(): Promise<void> { throw new DeviceError('offline', 'practice has no server') }
  async dropPhoto(sha256: string): Promise<void> { this.photos.delete(sha256) }
  async call<T>(method: string, path: string): Promise<T> { return answer(method, path, { households: this.households, waiting: this.waiting() }) as T }
  async upload<T>(): Promise<T> { throw new DeviceError('offline', 'practice has no server') }

  async findInNotes(query: string, tell: (look: NotesLook) => boolean): Promise<void> {
    const words = wordsOf(query)
    const bodies = this.households.map((one) => this.bodyOf(one.fileId))
    const found = bodies.map((body) => readNotes(this.rulesOf(body.kind), body, READERS.replicas, words, this.others(body))).filter((one): one is FoundNote => one !== null)
    tell({ done: bodies.length, total: bodies.length, found, failed: 0 })
  }
  private nameOf(fileId: string): string {
    return this.state.households.find((household) => household.fileId === fileId)?.headName ?? ''
  }
  private bodyOf(fileId: string): FileBody {
    const body = this.files.get(fileId)
    if (!body) throw new DeviceError('not_found', 'no such file on this phone')
    return body
  }
  private rulesOf(kind: string): Rules {
    const rules = this.rules[kind]
    if (!rules) throw new DeviceError('invalid', 'unknown kind')
    return rules
  }
  private others(body: FileBody): FileBody[] {
    return circleOf(linksOf([], this.files), body.file).map((file) => this.bodyOf(file))
  }
  private write(body: FileBody, ops: Operation[], options: SaveOptions, replica: string, at: number, base: Base, move: Pick<Change, 'to' | 'merge'> = {}): string {
    const own = readStored(body).filter((known) => known.change.replica === replica)
    const last = own[own.length - 1]
    const text = bodyText(
      makeChange({
        deployment: STATION.id, station: STATION.id, scope: body.scope, file: body.file, kind: body.kind, replica, seq: own.length + 1, prev: last?.id ?? null, base,
        seen: null, schema: this.rulesOf(body.kind).version, at, server_at: 0, person: replica === REPLICA ? ME : COLLEAGUE, epoch: 1, act: options.act ?? 'save',
        ops, salt: this.newId(), ...(options.reason ? { reason: options.reason } : {}), ...(options.about ? { about: options.about } : {}), ...move,
      }), // prettier-ignore
    )
    body.changes.push({ envelope: { body: text, sig: '' }, verdict: replica === REPLICA ? null : { body: verdictText(text), sig: '' } })
    return changeId(text)
  }
  /** One household shows what a conflict looks like: two colleagues, two answers, neither saw the other's. */
  private addConflict(at: number): void {
    const body = [...this.files.values()][2]
    if (body) this.write(body, [{ op: 'set', path: 'household_size', value: 5 }], {}, 'f6'.repeat(16), at + DAY_MS, { vector: {}, except: [] })
  }
  private addRestricted(at: number): void {
    const household = [...this.files.keys()][0]!
    const body: FileBody = { file: hex('restricted'), kind: RESTRICTED, scope: DRAWER, left: false, changes: [] }
    const said = { household, subject: 'violence', note: '邻居说夜里有争吵，女主人手臂有伤。', told_by: '邻居', noted_on: dayOf(at) }
    this.files.set(body.file, body)
    this.write(body, Object.entries(said).filter(([, value]) => value).map(([path, value]): Operation => ({ op: 'set', path, value })), {}, OTHER, at, { vector: {}, except: [] })
  }
  private fold(body: FileBody): FoldedFile {
    return foldFile(this.rulesOf(body.kind), [body, ...this.others(body)].flatMap(readStored), READERS.replicas, body.file)
  }
  private refresh(changed?: string): void {
    const route = new Set(this.state.route)
    const waiting: number[] = []
    this.unsent = []
    const warns = warner(dayOf(Date.now()))
    this.state.households = [...this.files.values()]
      .filter((body) => body.kind === 'household' && !this.fold(body).absorbed_by)
      .map((body) => {
        const known = readStored(body)
        const unsent = known.filter((change) => !change.verdict).map((change) => change.change.at)
        this.unsent.push(...known.filter((change) => !change.verdict).map((change) => change.id))
        waiting.push(...unsent)
        const updatedAt = Math.max(...known.map((change) => change.change.at))
        const first = known.find((change) => change.verdict?.status === 'accepted')?.verdict?.position
        const number = first ? { number: String(first).padStart(6, '0') } : {}
        const line = { ...summarise(this.fold(body), { unsent: unsent.length, returned: 0, toDecide: 0, updatedAt }, dayOf(Date.now())), ...number }
        return summaryOf(line, route.has(body.file), warns(line))
      })
    this.state.sync = { ...this.state.sync, unsentCount: waiting.length, unsentSince: waiting.length ? Math.min(...waiting) : null }
    for (const listener of this.listeners.get(changed ?? '') ?? []) listener()
  }
}

let position = 0

function verdictText(text: string): string {
  const change = JSON.parse(text) as { file: string; replica: string; seq: number; at: number }
  const dot = [change.replica, change.seq]
  return JSON.stringify({
    type: 'verdict', v: 1, suite: 1, deployment: STATION.id, station: STATION.id, change: changeId(text), file: change.file, dot,
    status: 'accepted', position: ++position, received_at: change.at, duty: 'worker', reasons: [], by: null, decided_at: null,
  }) // prettier-ignore
}
