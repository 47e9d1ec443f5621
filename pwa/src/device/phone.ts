/**
 * What the parts of this folder share: the open vault, the door to the server, the clock, and the reactive state that screens
 * read. It decides nothing; `device.ts` puts the parts together.
 */
import { shallowReactive } from 'vue'
import type { SemanticConflict } from '../records'
import { calls, Client, type Calls, type SessionKind } from '../api'
import type { Rules } from '../sync/fold'
import { countWaiting, exclusively, write, type ClearRow, type Commit, type Derive, type FileBody, type OpenVault, type VaultDatabase } from '../vault'
import type { HouseholdSummary, Lease, Me, OpenMode, Patch, SyncStatus, Village } from './contract'
import { DeviceError } from './errors'
import type { Readers } from './file-state'
import { HOUSEHOLD, summaryOf, type Line } from './entries'
import { useLocalRules, type Warning } from '../records/local'
import type { Warns } from './warned'
import { meOf, namesOf, patchesOf, type Policy } from './policy'

export interface PhoneState {
  mode: OpenMode
  me: Me | null
  villages: Village[]
  patches: Patch[]
  people: Record<string, string>
  households: HouseholdSummary[]
  samePersons: SemanticConflict[]
  warnings: readonly Warning[]
  route: string[]
  sync: SyncStatus
  lease: Lease
}

export interface PhoneParts {
  client: Client
  derive: Derive
  rules: Record<string, Rules>
  now: () => number
}

const LEISURE_MS_MAX = 1_000
const atLeisure = (): Promise<void> => new Promise((resolve) => (typeof requestIdleCallback === 'function' ? requestIdleCallback(() => resolve(), { timeout: LEISURE_MS_MAX }) : setTimeout(resolve)))

export class Phone {
  readonly state: PhoneState = shallowReactive({
    mode: 'locked',
    me: null,
    villages: [],
    patches: [],
    people: {},
    households: [],
    samePersons: [],
    warnings: [],
    route: [],
    sync: { online: true, syncing: false, unsentCount: 0, unsentSince: null, unsentPhotos: 0, returnedCount: 0, renewal: null, restored: null, lastCompleteAt: null, problem: null, progress: null },
    lease: { state: 'fine', until: null },
  })
  readonly client: Client
  readonly calls: Calls
  readonly derive: Derive
  rules: Record<string, Rules>
  readonly now: () => number
  person: string | null = null
  database: VaultDatabase | null = null
  clear: ClearRow | null = null
  vault: OpenVault | null = null
  policy: Policy | null = null
  warns: Warns | null = null
  private readonly sessions = new Set<SessionKind>()
  private readonly listeners = new Map<string, Set<() => void>>()
  private channel: BroadcastChannel | null = null
  /** Called after something was saved here. */
  onSaved: () => void = () => undefined

  constructor(parts: PhoneParts) {
    this.client = parts.client
    this.calls = calls(parts.client)
    this.derive = parts.derive
    this.rules = parts.rules
    this.now = parts.now
    this.client.openSession = (kind) => this.openSession(kind)
  }

  // --- what is open ---
  async use(person: string, database: VaultDatabase): Promise<void> {
    if (this.database !== database) this.database?.close()
    if (this.person !== person) this.becomeAnother()
    this.person = person
    this.database = database
    this.clear = (await database.get('clear', 'clear')) ?? null
    this.channel?.close()
    this.channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`yihu/${person}`) : null
    if (this.channel) this.channel.onmessage = (event: MessageEvent<string[]>) => void this.heard(event.data).catch(() => undefined) // closing meanwhile
    if (this.state.mode === 'locked') this.state.villages = this.clear?.villages ?? []
    await this.refreshWaiting()
  }
  open(vault: OpenVault, policy: Policy): void {
    this.vault?.close()
    this.vault = vault
    this.sessions.clear()
    this.state.mode = vault.mode
    this.usePolicy(policy)
    this.refreshHouseholds()
  }
  usePolicy(policy: Policy): void {
    this.policy = policy
    this.state.me = meOf(policy)
    this.state.people = namesOf(policy)
    this.state.villages = policy.villages
    this.state.patches = patchesOf(policy)
    this.state.warnings = policy.warnings ?? []
    useLocalRules(policy.local, this.state.warnings)
    // Laid over the lines by the engine; the list stands meanwhile by what the files say.
    if (this.warns || this.state.warnings.length) import('./warned').then(({ warn }) => warn(this), () => undefined)
  }
  close(): void {
    this.vault?.close()
    this.vault = null
    this.policy = null
    this.sessions.clear()
    useLocalRules(undefined)
    Object.assign(this.state, { mode: 'locked', me: null, people: {}, patches: [], households: [], samePersons: [], warnings: [], route: [], villages: this.clear?.villages ?? [] })
  }
  /** Nothing of the one who was here before stays on a screen or in a listener. */
  private becomeAnother(): void {
    this.close()
    this.listeners.clear()
    this.say({ problem: null, progress: null, renewal: null, restored: null, lastCompleteAt: null })
  }
  /** The vault of this person is leaving the phone. */
  forget(person: string): void {
    if (this.person !== person) return
    this.channel?.close()
    Object.assign(this, { person: null, database: null, clear: null, channel: null })
    this.state.villages = []
    this.say({ unsentCount: 0, unsentSince: null, unsentPhotos: 0, returnedCount: 0, renewal: null, restored: null, lastCompleteAt: null })
  }
  mustVault(): OpenVault {
    if (!this.vault) throw new DeviceError('locked', 'the vault is closed')
    return this.vault
  }
  mustMain(): OpenVault {
    const vault = this.mustVault()
    if (vault.mode !== 'main') throw new DeviceError('locked', 'the main vault is closed')
    return vault
  }
  mustDatabase(): VaultDatabase {
    if (!this.database) throw new DeviceError('not_found', 'no vault on this phone')
    return this.database
  }
  mustClear(): ClearRow {
    if (!this.clear) throw new DeviceError('not_found', 'no vault on this phone')
    return this.clear
  }
  mustPolicy(): Policy {
    if (!this.policy) throw new DeviceError('locked', 'no policy is open')
    return this.policy
  }
  rulesOf(kind: string): Rules {
    const rules = this.rules[kind]
    if (!rules) throw new DeviceError('invalid', 'a kind that this app does not know')
    return rules
  }

  // --- keys in use ---
  get replicas(): ReadonlySet<string> {
    const { secrets, route } = this.vault ?? {}
    return new Set([...Object.keys(secrets?.replicas ?? {}), secrets?.replica ?? '', route?.replica ?? '', this.clear?.replica ?? ''])
  }
  /** Cookies outlive an unlock and may be another person's: the first use after it opens sessions of one's own. */
  async ensureSession(kind: SessionKind): Promise<void> {
    if (this.sessions.has(kind)) return
    // An upload session of one's own is good until half its life; a page load need not end it for a new one.
    if (kind === 'upload' && (await (await import('./keys')).hasUploadSession(this))) this.sessions.add(kind)
    else await this.openSession(kind)
  }
  async openSession(kind: SessionKind): Promise<void> {
    await (await import('./keys')).openSession(this, kind)
    this.sessions.add(kind)
  }
  async forgetUploadSession(): Promise<void> {
    await (await import('./keys')).rememberUploadSession(this, null)
  }
  sessionOpened(...kinds: SessionKind[]): void {
    for (const kind of kinds) this.sessions.add(kind)
  }

  // --- writing ---
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    return exclusively(`write/${this.person ?? ''}`, work)
  }
  /** Call inside `exclusively`. */
  async commit(vault: OpenVault, commit: Commit): Promise<void> {
    if (vault !== this.vault) throw new DeviceError('locked', 'closed meanwhile')
    const whole = commit.serverAt ? { ...commit, contactAt: this.now() } : commit
    // A full phone gives way before a save does: what the server has of photos goes first.
    await vault.commit(whole).catch(async (error: { code?: string }) => {
      if (error.code !== 'storage_full' || !(await (await import('../vault/attachments')).evictAttachments(vault.database, 0))) throw error
      await vault.commit(whole)
    })
    if (commit.serverAt && this.clear) this.clear = { ...this.clear, server_at: Math.max(this.clear.server_at, commit.serverAt), contact_at: this.now(), seen_at: this.now(), skew: 0 }
    const files = [...(commit.files ?? []).map((file) => file.body.file), ...(commit.removeFiles ?? [])]
    if (files.length) this.refreshHouseholds()
    await this.refreshWaiting()
    this.tell(files)
    if (files.length) this.channel?.postMessage(files)
  }
  /** For many files at once: reads what lines need beside the files one time. */
  async liner(): Promise<(body: FileBody, others?: readonly FileBody[]) => Line | undefined> {
    const rows = await this.mustDatabase().getAll('outbox')
    const { dayOf, lineOf } = await import('./lines')
    const readers = { replicas: this.replicas, dismissed: new Set(rows.filter((row) => row.dismissed).map((row) => row.id)), today: dayOf(this.now()), person: this.state.me?.personId }
    return (body, others) => {
      const rules = this.rules[body.kind]
      return rules ? lineOf(rules, body, readers, others) : {} // a newer kind is kept and shown by nothing
    }
  }
  async readers(): Promise<Readers> {
    const rows = await this.mustDatabase().getAll('outbox')
    return { people: this.state.people, replicas: this.replicas, received: new Set(rows.filter((row) => row.received).map((row) => row.id)) }
  }

  /** What must be known with everything closed. */
  async rememberClear(facts: Partial<ClearRow>): Promise<void> {
    const next = { ...this.mustClear(), ...facts }
    await write(this.mustDatabase(), ['clear'], async (transaction) => {
      const row = await transaction.objectStore('clear').get('clear')
      await transaction.objectStore('clear').put({ ...(row ?? next), ...facts })
    })
    this.clear = next
  }

  // --- what screens see ---
  refreshHouseholds(): void {
    const now = this.now()
    const { secrets, route } = this.vault ?? {}
    const routeFiles = route ? Object.keys(route.files) : secrets?.route && secrets.route.until > now ? secrets.route.files : []
    const entries = (this.vault?.entries ?? []).filter((entry) => entry.kind === HOUSEHOLD)
    const onRoute = new Set(routeFiles)
    const lines = entries.map((entry) => (entry.line as Line).household).filter((line) => line !== undefined)
    this.state.households = lines.map((line) => summaryOf(line, onRoute.has(line.fileId), this.warns?.(line)))
    this.state.route = routeFiles.filter((file) => lines.some((line) => line.fileId === file)) // what they absorbed is on it too
    void this.findSamePersons()
  }
  /** The finder comes with the engine, and waits until the list is drawn: no first screen needs it. */
  private async findSamePersons(): Promise<void> {
    const households = this.state.households
    if (!households.length) return void (this.state.samePersons = [])
    const { samePersons } = await import('./same-persons')
    await atLeisure()
    if (this.state.households === households) this.state.samePersons = samePersons(households)
  }
  async refreshWaiting(): Promise<void> {
    if (!this.database) return
    const { count, since, photos, returned } = await countWaiting(this.database)
    this.say({ unsentCount: count, unsentSince: since, unsentPhotos: photos, returnedCount: returned })
  }
  say(facts: Partial<SyncStatus>): void {
    this.state.sync = { ...this.state.sync, ...facts }
  }
  onFile(file: string, listener: () => void): () => void {
    const listeners = this.listeners.get(file) ?? new Set()
    this.listeners.set(file, listeners.add(listener))
    return () => void listeners.delete(listener)
  }
  tell(files: readonly string[]): void {
    for (const file of files) for (const listener of this.listeners.get(file) ?? []) listener()
  }
  private async heard(files: string[]): Promise<void> {
    await this.vault?.loadIndex()
    this.refreshHouseholds()
    await this.refreshWaiting()
    this.tell(files)
  }
}
