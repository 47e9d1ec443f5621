/** Puts the parts of the phone together into what screens may ask of it. */
import { Client, type Offer } from '../api'
import type { Operation } from '../sync/change'
import type { Rules } from '../sync/fold'
import { countWaiting, dropDatabase, forgetHolder, listCarried, listHolders, openVaultDatabase, type Derive } from '../vault'
import type { Access } from './access-contract'
import type { Carry } from './carry-contract'
import { holders, lock, useLatest } from './closed'
import type {
  AttachmentInfo, Device, EnrolmentOffer, EnrolmentSecrets, FileView, KeepOptions, MoveOptions, NotesLook, LeavingFile, OpenedWaiting, OwnSave, SaveOptions, UnlinkedRecord, VaultHolder,
} from './contract' // prettier-ignore
import { Drafting } from './drafting'
import { asDeviceError, DeviceError } from './errors'
import { IdleLock } from './idle'
import { newId } from './ids'
import { Phone, type PhoneParts } from './phone'
import { softwareOf } from './software'

const LEASE_LOOK_MS = 60_000

type Working = typeof import('./working')

/** The phone that this browser is, closed. `runs`: start its own clockwork (sync timer, idle lock). */
export async function makeDevice(parts: Partial<PhoneParts> = {}, runs = true): Promise<Device> {
  const phone = new Phone({
    client: parts.client ?? new Client(),
    derive: parts.derive ?? deriveLazily,
    rules: parts.rules ?? {}, // come with the engine
    now: parts.now ?? (() => Date.now()),
  })
  const device = new RealDevice(phone)
  await useLatest(phone).catch((error: unknown) => phone.say({ problem: { code: asDeviceError(error).code, detail: 'storage' } }))
  if (runs) device.start()
  return device
}

const deriveLazily: Derive = async (secret, parameters) => (await import('../vault/kdf')).deriveInWorker(secret, parameters)

class RealDevice implements Device {
  private readonly drafting: Drafting
  private readonly offers = new Map<string, Offer>()
  private running = false
  private readonly idle: IdleLock

  constructor(private readonly phone: Phone) {
    this.drafting = new Drafting(phone)
    this.idle = new IdleLock({ now: phone.now, isOpen: () => this.mode !== 'locked', lock: () => void this.lock() })
    phone.onSaved = () => {
      if (this.running) void this.syncing().then((syncing) => syncing.soon())
    }
  }

  start(): void {
    this.running = true
    this.drafting.start()
    void this.syncing().then((syncing) => syncing.start())
    this.idle.start()
    setInterval(() => void this.watchLease(), LEASE_LOOK_MS)
  }
  private async watchLease(): Promise<void> {
    const { liveOn } = await import('./lease')
    if ((await liveOn(this.phone)).state === 'over' && this.mode !== 'locked') await this.lock()
  }

  private loading: Promise<{ parts: Working; syncing: InstanceType<Working['Syncing']> }> | null = null
  private working() {
    this.loading ??= import('./working').then(
      (parts) => {
        if (!Object.keys(this.phone.rules).length) this.phone.rules = parts.listRules() as unknown as Record<string, Rules>
        return { parts, syncing: new parts.Syncing(this.phone) }
      },
      (error: unknown) => {
        this.loading = null // no network on a first visit: the next try may find it
        throw error
      },
    )
    return this.loading
  }
  private async syncing() {
    return (await this.working()).syncing
  }
  private with<T>(work: (parts: Working) => T | Promise<T>): Promise<T> {
    return told(async () => work((await this.working()).parts))
  }

  get mode() { return this.phone.state.mode }
  get me() { return this.phone.state.me }
  get villages() { return this.phone.state.villages }
  get patches() { return this.phone.state.patches }
  get people() { return this.phone.state.people }
  get households() { return this.phone.state.households }
  get samePersons() { return this.phone.state.samePersons }
  get warnings() { return this.phone.state.warnings }
  get route() { return this.phone.state.route }
  get sync() { return this.phone.state.sync }
  get lease() { return this.phone.state.lease }
  get rules() { return this.phone.rules }

  // --- who ---
  listHolders = (): Promise<VaultHolder[]> => told(() => holders(this.phone))
  lookEnrolment = (code: string): Promise<EnrolmentOffer> =>
    told(async () => {
      const { offer, raw } = await (await import('./enrolment')).look(this.phone, code)
      this.offers.set(offer.code, raw)
      return offer
    })
  enrol = (offer: EnrolmentOffer, secrets: EnrolmentSecrets, onProgress: (step: string) => void): Promise<{ fieldCode: string }> =>
    told(async () => {
      if (/MicroMessenger/i.test(navigator.userAgent)) throw new DeviceError('wechat', 'open in the system browser')
      const { enrol, look } = await import('./enrolment')
      const raw = this.offers.get(offer.code) ?? (await look(this.phone, offer.code)).raw
      const made = await enrol(this.phone, offer.code, raw, secrets, onProgress)
      this.opened()
      return made
    })
  unlockWithPassword = (personId: string, password: string): Promise<void> => this.unlock((ways) => ways.unlockWithPassword(this.phone, personId, password))
  unlockWithFieldCode = (personId: string, fieldCode: string): Promise<void> => this.unlock((ways) => ways.unlockWithFieldCode(this.phone, personId, fieldCode))
  unlockWithPin = (personId: string, pin: string): Promise<void> => this.unlock((ways) => ways.unlockWithPin(this.phone, personId, pin))
  unlockWithFingerprint = (personId: string): Promise<void> =>
    this.unlock(async (ways) => ways.unlockWithFingerprint(this.phone, personId, (await import('./fingerprint')).askFingerprint))
  canUseFingerprint = (): Promise<boolean> => told(async () => (await import('./fingerprint')).canUseFingerprint())
  hasFingerprint = (): Promise<boolean> => told(async () => (await import('./fingerprint')).hasFingerprint(this.phone))
  addFingerprint = (): Promise<void> => told(async () => (await import('./fingerprint')).addFingerprint(this.phone))
  removeFingerprint = (): Promise<void> => told(async () => (await import('./fingerprint')).removeFingerprint(this.phone))
  holdOpen = (): (() => void) => this.idle.hold()
  lock = (): Promise<void> =>
    told(async () => {
      await this.drafting.flush()
      await lock(this.phone)
    })
  showFieldCode = (): Promise<string> => told(async () => this.phone.mustMain().secrets?.field_code ?? '')
  renewFieldCode = (): Promise<string> => this.with(({ renewFieldCode }) => renewFieldCode(this.phone))
  renew = (code: string, password: string, onProgress: (step: string) => void): Promise<void> =>
    this.with(async ({ renew }) => {
      await this.drafting.flush()
      await renew(this.phone, code, password, onProgress)
      this.opened()
    })
  changePin = (pin: string): Promise<void> => this.with(({ changePin }) => changePin(this.phone, pin))
  setPassword = (password: string): Promise<void> => told(async () => (await import('./passwords')).setPassword(this.phone, password))
  signOut = (personId: string): Promise<void> => told(() => this.leave(personId))

  private unlock(work: (ways: typeof import('./unlocking')) => Promise<void>): Promise<void> {
    return told(async () => {
      await this.drafting.flush()
      await work(await import('./unlocking'))
      this.opened()
    })
  }
  private opened(): void {
    void navigator.storage?.persist?.().catch(() => undefined)
    if (this.running) void this.syncing().then((syncing) => syncing.soon(0))
  }
  private async leave(personId: string): Promise<void> {
    // Whoever has an earlier vault open leaves that one.
    const key = this.phone.vault && this.phone.state.me?.personId === personId ? (this.phone.person ?? personId) : personId
    const holder = (await listHolders()).find((row) => row.person === key)
    if (!holder) return
    const database = this.phone.person === key && this.phone.database ? this.phone.database : await openVaultDatabase(holder.database)
    const waiting = await countWaiting(database)
    if (waiting.count || waiting.photos) throw new DeviceError('unsent', 'something is not sent yet')
    if ((await listCarried(database)).some((row) => row.kind === 'saves' && row.state === 'waiting')) throw new DeviceError('carrying', 'bundles of others wait')
    if (this.phone.person === key) await lock(this.phone)
    this.phone.forget(key)
    database.close()
    await forgetHolder(key)
    await dropDatabase(holder.database)
    if (!this.phone.database) await useLatest(this.phone)
  }

  // --- files ---
  openFile = (fileId: string): Promise<FileView> =>
    told(async () => {
      try {
        const { parts } = await this.working()
        return await parts.openFile(this.phone, fileId)
      } catch (error) {
        if (asDeviceError(error).code === 'damaged') await (await this.syncing()).repair(fileId)
        throw error
      }
    })
  save = (view: FileView, ops: Operation[], options: SaveOptions = {}): Promise<string> => this.saving(options, ({ save, partsOf }) => save(this.phone, partsOf(view, ops, options)))
  createFile = async (kind: string, scope: string, ops: Operation[], options: SaveOptions = {}): Promise<{ fileId: string; changeId: string }> => {
    const fileId = newId()
    const changeId = await this.saving(options, ({ save, newParts }) => save(this.phone, newParts(this.phone, fileId, kind, scope, ops, options)))
    return { fileId, changeId }
  }
  private saving<T>(options: SaveOptions, work: (parts: Working) => Promise<T>): Promise<T> {
    return this.with(async (parts) => {
      // On disk first: if the save fails, what was typed is still there.
      if (options.draftKey) await this.drafting.flush()
      const writes = this.drafting.writes
      const result = await work(parts)
      if (options.draftKey) await this.drafting.saved(options.draftKey, writes)
      return result
    })
  }
  transferFile = (view: FileView, scope: string, options: MoveOptions = {}): Promise<string> => this.with(({ transferFile }) => transferFile(this.phone, view, scope, options))
  mergeFiles = (survivor: FileView, absorbed: FileView, options: MoveOptions = {}): Promise<string> => this.with(({ mergeFiles }) => mergeFiles(this.phone, survivor, absorbed, options))
  undoMerge = (survivor: FileView, absorbed: string, options: MoveOptions = {}): Promise<string> => this.with(({ undoMerge }) => undoMerge(this.phone, survivor, absorbed, options))
  onFileChanged = (fileId: string, listener: () => void): (() => void) => this.phone.onFile(fileId, listener)
  newId = newId
  findInNotes = (query: string, tell: (look: NotesLook) => boolean): Promise<void> => this.with(async () => (await import('./notes')).findInNotes(this.phone, query, tell))
  setRoute = (fileIds: string[]): Promise<void> =>
    this.with(async ({ setRoute }) => {
      await setRoute(this.phone, fileIds)
      await (await import('./access')).keepForRoute(this.phone, fileIds).catch(() => undefined)
    })

  // --- drafts ---
  saveDraft = (key: string, value: unknown): void => this.drafting.save(key, value)
  loadDraft = <T>(key: string): Promise<T | null> => told(() => this.drafting.load<T>(key))
  deleteDraft = (key: string): Promise<void> => told(() => this.drafting.remove(key))
  listDrafts = (): Promise<{ key: string; savedAt: number }[]> => told(() => this.drafting.list())

  // --- write-only recording ---
  recordUnlinked = (record: Omit<UnlinkedRecord, 'fileId' | 'at'>): Promise<void> => this.with(({ recordUnlinked }) => recordUnlinked(this.phone, record))
  listUnlinked = (): Promise<UnlinkedRecord[]> => this.with(({ listUnlinked }) => listUnlinked(this.phone))
  linkUnlinked = (fileId: string, householdFileId: string): Promise<void> => this.with(({ linkUnlinked }) => linkUnlinked(this.phone, fileId, householdFileId))

  // --- attachments ---
  keepPhoto = (fileId: string, photo: Blob, options?: KeepOptions): Promise<AttachmentInfo> => this.with(({ keepPhoto }) => keepPhoto(this.phone, fileId, photo, options))
  keepVoice = (fileId: string, voice: Blob): Promise<AttachmentInfo> => this.with(({ keepVoice }) => keepVoice(this.phone, fileId, voice))
  openPhoto = (fileId: string, sha256: string, mediaType?: string): Promise<string> => this.with(({ openPhoto }) => openPhoto(this.phone, fileId, sha256, mediaType))
  readPhoto = (fileId: string, sha256: string, mediaType?: string): Promise<Blob> => this.with(({ readPhoto }) => readPhoto(this.phone, fileId, sha256, mediaType))
  dropPhoto = (sha256: string): Promise<void> => this.with(({ dropPhoto }) => dropPhoto(this.phone, sha256))

  // --- who reads what ---
  readonly access: Access = {
    admit: (fileId) => this.reading((access) => access.admit(fileId)).catch(() => true), // what cannot be counted must still open
    openAnyway: (fileId, reason) => this.reading((access) => access.openAnyway(fileId, reason)),
    unmasked: (fileId) => void this.reading((access) => access.unmasked(fileId)).catch(() => undefined),
    drawer: (scope) => this.reading((access) => access.drawer(scope)),
    restricted: (household) => this.reading((access) => access.restricted(household)),
    erased: () => this.reading((access) => access.erased()),
    putErasedAway: () => this.reading((access) => access.putErasedAway()),
    grants: () => this.reading((access) => access.grants()),
    software: softwareOf(),
  }
  private reading<T>(work: (access: Access) => T | Promise<T>): Promise<T> {
    return told(async () => work((await import('./access')).accessOf(this.phone)))
  }

  // --- bundles ---
  readonly carry: Carry = {
    status: () => this.carrying((carry) => carry.status()),
    exportSaves: (ids) => this.carrying((carry) => carry.exportSaves(ids)),
    noteHanded: (saves) => this.carrying((carry) => carry.noteHanded(saves)),
    take: (content) => this.carrying((carry) => carry.take(content)),
    fileOf: (id) => this.carrying((carry) => carry.fileOf(id)),
    renewReceipts: (id) => this.carrying((carry) => carry.renewReceipts(id)),
    drop: (id) => this.carrying((carry) => carry.drop(id)),
  }
  private carrying<T>(work: (carry: Carry) => Promise<T>): Promise<T> {
    return told(async () => work((await import('./carrying')).carryOf(this.phone)))
  }

  // --- sync ---
  syncNow = (): Promise<void> => told(async () => (await this.syncing()).now())
  listOwnSaves = (): Promise<OwnSave[]> => this.with(({ listOwnSaves }) => listOwnSaves(this.phone))
  dismissReturned = (changeId: string): Promise<void> => this.with(({ dismissReturned }) => dismissReturned(this.phone, changeId))
  askDeputy = (changeId: string, note: string): Promise<void> => this.with(({ askDeputy }) => askDeputy(this.phone, changeId, note))
  beginAmendment = (changeId: string, draftKey: string, draft: unknown): Promise<void> => told(() => this.drafting.amend(changeId, draftKey, draft))
  listLeaving = (): Promise<LeavingFile[]> => this.with(({ listLeaving }) => listLeaving(this.phone))
  openWaiting = (changeId: string): Promise<OpenedWaiting> => this.online(async () => (await this.working()).parts.openWaiting(this.phone, changeId))
  reissue = (changeId: string, ops: Operation[], reason: string): Promise<void> =>
    this.online(async () => (await this.working()).parts.reissue(this.phone, changeId, ops, reason, async () => (await this.syncing()).now()))

  // --- the server ---
  call = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> => this.online(() => this.phone.client.json<T>(method, path, body, 'read'))
  upload = <T>(path: string, file: File, onProgress: (share: number) => void = () => undefined): Promise<T> =>
    this.online(async () => {
      const form = new FormData()
      form.append('file', file, file.name)
      onProgress(0)
      const answer = await this.phone.client.call({ method: 'POST', path, body: form, session: 'read', timeoutMs: 120_000 })
      onProgress(1)
      return answer.json<T>()
    })
  private online<T>(work: () => Promise<T>): Promise<T> {
    return told(async () => {
      this.phone.mustMain()
      await this.phone.ensureSession('read')
      return work()
    })
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asDeviceError(error)
  }
}

