/**
 * What a screen may ask of the phone it runs on. Features know this page and nothing of keys, stores or requests.
 * Implemented in this folder on top of `vault/`, `sync/` and `api/`; faked in feature tests.
 */
import type { SemanticConflict } from '../records'
import type { Warning } from '../records/local'
import type { Alarm, OpenReferral } from '../records/open'
import type { Access } from './access-contract'
import type { Carry } from './carry-contract'
import type { FoldedFile, Rules } from '../sync/fold'
import type { Base } from '../sync/versions'
import type { Operation, Act, About } from '../sync/change'

/** How the phone is opened. `locked` still records (write-only) and uploads sealed saves. */
export type OpenMode = 'locked' | 'route' | 'main'
export type Duty = 'worker' | 'deputy' | 'head'

/** A person who has a vault on this phone. `displayName` is what they chose to show on the unlock screen. */
export interface VaultHolder {
  personId: string
  displayName: string
  routeUntil: number | null // ms; the route vault opens with the PIN until then
  isEarlier: boolean // an earlier vault of this person that still holds something unfinished
  unsent?: number // what waits in it, counted without opening it
  fingerprint?: boolean // the phone's own lock opens it
}

/** Without contact for too long a phone opens nothing; it still records and uploads. `until` by this phone's clock. */
export interface Lease { state: 'fine' | 'soon' | 'over'; until: number | null }

export interface EnrolmentOffer { code: string; stationName: string; personName: string; duty: Duty; expiresAt: number }
export interface EnrolmentSecrets { password: string; pin: string }

export interface Me { personId: string; name: string; duties: Duty[]; stationId: string; stationName: string; scopes: string[] }
export interface Village { id: string; name: string; scope: string }
/** A patch of the station: its villages, and who works in it. */
export interface Patch { id: string; name: string; villages: string[]; people: { personId: string; name: string; duty: Duty }[] }

/** One line of the household list; held in memory while open. Everything a list or a search needs, nothing more. */
/** A warning for its village that nobody has answered by a visit at home yet. */
export interface Warned { id: string; kind: string; on: string; dueOn: string }

export interface HouseholdSummary {
  fileId: string
  headName: string
  memberNames: string[]
  phones: string[]
  idTails: string[] // last 6 characters of members' id numbers
  villageId: string | null
  address: string // village + group + door
  categories: string[] // of all members and the household, codes
  riskLevel: 'red' | 'yellow' | 'blue' | 'green' | null
  lastVisitOn: string | null
  nextVisitOn: string | null // what was agreed or derived; due when <= today
  missedOn?: string // somebody went and met nobody, later than the last visit
  homeOn?: string // the last visit at home, where a call came later ('' none)
  warned?: Warned
  worker?: string // whose household it is
  number?: string // the household's number in the station; absent before the first sync (a draft number is shown)
  fileNumber?: string // the number that the deputy gave it
  at?: [number, number] // degrees x 10^7
  step?: { id: string; since: string; days: number } // where the case stands, since when, how long that may take
  unsent: number // own saves of this file without a final verdict
  conflicts: number
  /** Facts that cannot all be true: how many are open; what finds one person in two files; what was settled. */
  semantic?: { open: number; marks: string[]; settled: string[] }
  alarms?: Alarm[] // crises that nobody in charge has seen, or that are not written up
  referrals?: OpenReferral[] // until the receiver has met the family
  returned: number
  toDecide: number // saves of others that are held or quarantined
  sectionStates: string[] // statuses of its sections that are not draft; `submitted_above`: a first step is taken, a higher duty awaited
  updatedAt: number
  onRoute: boolean
  scope?: string
  /** The day on which the youngest comes of age; before it the file is a minor's. */
  minorUntil?: string | null
  found?: boolean // this person wrote its first change
}

/** Where sought words stand in a household's own texts; what stands there is told by opening it. */
export interface FoundNote { fileId: string; places: { path: string; on: string | null }[] }
/** How far a look through the texts is; `failed` could not be opened. */
export interface NotesLook { done: number; total: number; found: FoundNote[]; failed: number }

/** A file as its form shows it, and the base that a save from this form will carry. */
export interface FileView {
  fileId: string
  kind: string
  scope: string
  state: FoldedFile // provisional: accepted changes and own undecided ones
  base: Base
  seen: string | null
  history: HistoryEntry[] // newest first
  readonly: boolean
}

export type Fate = 'unsent' | 'sent' | 'accepted' | 'held' | 'quarantined' | 'returned' | 'declined'

export interface HistoryEntry {
  changeId: string
  dot: [string, number]
  act: Act
  ops: Operation[]
  about: About | null
  reason: string | null
  personId: string
  personName: string
  replica: string
  at: number
  receivedAt: number | null
  position: number | null
  fate: Fate
  reasons: { code: string; path?: string; op?: number; say?: string }[]
  own: boolean
  reissues: string | null // the change whose words this one enters again
}

/** What became of one own save: a row of the sync page and of the returned tray. */
export interface OwnSave extends HistoryEntry {
  fileId: string
  kind: string // '' while the file is closed
  headName: string
  left: boolean // its household went to another patch
  dismissed: boolean
  askedAt: number | null // when the deputy was asked to look
  waitsFor: WaitedFor[] // of a held one, as far as this phone knows
}

/** A save that another one waits for; `personName` is empty where nobody on this phone knows whose it is. */
export interface WaitedFor { replica: string; seq: number; personName: string; own: boolean }

/** A household that went to another patch and stays here, read-only, until nothing of one's own hangs on it. */
export interface LeavingFile {
  fileId: string
  headName: string
  toNames: string[] // who works there now, as far as the policy says
  unsent: number
  undecided: number
  returned: number
  photos: number
  drafts: string[] // keys of what was begun and never saved
}

/** Why a change is not simply taken in. */
export type Why = 'held' | 'former_scope' | 'role_changed' | 'lost_phone' | 'fork' | 'asked' | 'other'

export interface WaitingFacts {
  why: Why
  status: string
  scope: string
  note: string | null
  askedAt: number | null
  waitsFor: WaitedFor[]
  /** What taking it in would bring: its verdict and the paths at which several values would stand; null: nobody can. */
  ifAccepted: { status: string; reasons: { code: string; path?: string; say?: string }[]; conflicts: string[] } | null
}

/** A change of someone else that waits for a deputy, as its author signed it, beside the file as it is now. */
export interface OpenedWaiting extends WaitingFacts {
  entry: HistoryEntry
  view: FileView | null
  fileId: string
  kind: string
  reissuedAs: string | null // the deputy's own change that names it already
}

export interface SyncStatus {
  online: boolean
  syncing: boolean
  unsentCount: number
  unsentSince: number | null // ms, when the oldest unsent save was made
  unsentPhotos: number // beside the saves
  returnedCount: number // own saves that came back and were not put away, in files that left too
  renewal: 'fork' | 'older' | null // this store was copied or put back: it needs a key of its own
  restored: { at: number; brought: number } | null // the server was put back to an older copy; what this phone brought back
  erased?: number // households that were erased from this phone, not read about yet
  lastCompleteAt: number | null // ms, last time everything was uploaded and pulled
  problem: { code: string; detail: string } | null // what keeps it from working, in words
  progress: { done: number; total: number; what: string } | null
}

export interface SaveOptions { act?: Act; about?: About; reason?: string; draftKey?: string; reissues?: string }

export interface MoveOptions { reason?: string }

/** `thumb`: hash of its small picture, kept beside it; absent where the photo is small itself. */
export interface AttachmentInfo { id: string; sha256: string; mediaType: string; bytes: number; uploaded: boolean; thumb?: string }
export interface KeepOptions { paper?: boolean } // a paper stays legible

/** A record made while the household's file could not be opened; linked at the next full unlock. */
export interface UnlinkedRecord { fileId: string; villageName: string; personName: string; note: string; values: Record<string, unknown>; at: number; seen?: boolean }

export interface Device {
  // --- who and whether (reactive: features read these in templates) ---
  readonly mode: OpenMode
  readonly me: Me | null
  readonly villages: Village[]
  readonly patches: Patch[] // where a file may move: of the whole station for deputies and heads, for others their own
  readonly people: Record<string, string> // person id -> name, of this station
  readonly households: HouseholdSummary[]
  /** Pairs of these households that list one person; `file` and the one of `elements` are the two. Settled pairs too. */
  readonly samePersons: SemanticConflict[]
  /** For villages of one's own, those passed since yesterday too. */
  readonly warnings: readonly Warning[]
  readonly sync: SyncStatus
  readonly lease: Lease
  readonly rules: Record<string, Rules>

  listHolders(): Promise<VaultHolder[]>
  lookEnrolment(code: string): Promise<EnrolmentOffer>
  /** Makes the device keys and both vaults; resolves with the 12-digit field code, shown once and again under Me. */
  enrol(offer: EnrolmentOffer, secrets: EnrolmentSecrets, onProgress: (step: string) => void): Promise<{ fieldCode: string }>
  unlockWithPassword(personId: string, password: string): Promise<void>
  unlockWithFieldCode(personId: string, fieldCode: string): Promise<void>
  unlockWithPin(personId: string, pin: string): Promise<void>
  /** The phone's own lock (fingerprint, face): whether this browser has one, is set up here, and opening by it. Never the only way. */
  canUseFingerprint(): Promise<boolean>
  hasFingerprint(): Promise<boolean>
  addFingerprint(): Promise<void>
  removeFingerprint(): Promise<void>
  unlockWithFingerprint(personId: string): Promise<void>
  lock(): Promise<void>
  /** One's own camera or recorder runs: the phone does not lock itself until the returned function is called, ten minutes at most. */
  holdOpen(): () => void
  showFieldCode(): Promise<string>
  renewFieldCode(): Promise<string>
  changePin(pin: string): Promise<void>
  /** A new password with everything open; needs the server, not the old password. */
  setPassword(password: string): Promise<void>
  /** A key of its own for a store that was copied or put back, by a fresh enrolment code; vault, drafts and outbox stay. */
  renew(code: string, password: string, onProgress: (step: string) => void): Promise<void>
  /** Takes this person's vaults off the phone; refused (`unsent`) while anything is not sent yet. */
  signOut(personId: string): Promise<void>

  // --- files ---
  openFile(fileId: string): Promise<FileView>
  /** Signs and stores one save durably; resolves once it is on disk with its change id. Uploads by itself when it can. */
  save(view: FileView, ops: Operation[], options?: SaveOptions): Promise<string>
  createFile(kind: string, scope: string, ops: Operation[], options?: SaveOptions): Promise<{ fileId: string; changeId: string }>
  /** Moves a file to another patch of the station; the deputies there are asked unless one decides there oneself. */
  transferFile(view: FileView, scope: string, options?: MoveOptions): Promise<string>
  /** Two files are one household: from now on the survivor shows both (`view.state.absorbs`), each keeps its history. */
  mergeFiles(survivor: FileView, absorbed: FileView, options?: MoveOptions): Promise<string>
  /** Parts them again; what was saved meanwhile about the other file's own people is entered there again. */
  undoMerge(survivor: FileView, absorbedFileId: string, options?: MoveOptions): Promise<string>
  /** Subscribe to a file that changes while it is open (sync, another tab). Returns the unsubscribe function. */
  onFileChanged(fileId: string, listener: () => void): () => void
  newId(): string // 32 hex
  /** Reads every household that is open here and tells after each few where the words stand; `false` from `tell` stops it. */
  findInNotes(query: string, tell: (look: NotesLook) => boolean): Promise<void>

  // --- today's route (what the PIN opens) ---
  readonly route: string[]
  setRoute(fileIds: string[]): Promise<void> // at most 12

  // --- drafts: as typed, encrypted, at most 2 seconds behind ---
  saveDraft(key: string, value: unknown): void
  loadDraft<T>(key: string): Promise<T | null>
  deleteDraft(key: string): Promise<void>
  listDrafts(): Promise<{ key: string; savedAt: number }[]>

  // --- write-only recording ---
  recordUnlinked(record: Omit<UnlinkedRecord, 'fileId' | 'at' | 'seen'>): Promise<void>
  listUnlinked(): Promise<UnlinkedRecord[]>
  linkUnlinked(fileId: string, householdFileId: string): Promise<void>

  // --- attachments ---
  /** Shrinks to 1280 px JPEG, drops EXIF, encrypts, queues for upload. Give the result's id and hash to an op. */
  keepPhoto(fileId: string, photo: Blob, options?: KeepOptions): Promise<AttachmentInfo>
  /** Keeps a recording as it is (webm, mp4 or ogg sound, at most 8 MiB). */
  keepVoice(fileId: string, voice: Blob): Promise<AttachmentInfo>
  /** Object URL of the plain photo, small picture or voice note; the caller revokes it. */
  openPhoto(fileId: string, sha256: string, mediaType?: string): Promise<string>
  /** Its plain bytes, to go into a sealed parcel. */
  readPhoto(fileId: string, sha256: string, mediaType?: string): Promise<Blob>
  /** Forgets a photo of a form that was not saved; one that a save names stays. */
  dropPhoto(sha256: string): Promise<void>

  // --- who reads what ---
  readonly access: Access

  // --- bundles: what somebody carries for somebody ---
  readonly carry: Carry

  // --- sync ---
  syncNow(): Promise<void>
  listOwnSaves(): Promise<OwnSave[]> // undecided or refused first
  /** Puts a refused save away; the server, asked first, keeps its copy. Needs the network. */
  dismissReturned(changeId: string): Promise<void>
  /** The author asks the deputy to look at a save that waits or came back. */
  askDeputy(changeId: string, note: string): Promise<void>
  /** Begins the draft of a form that amends a refused save: once that form is saved, the refused one is put away with it. */
  beginAmendment(changeId: string, draftKey: string, draft: unknown): Promise<void>
  listLeaving(): Promise<LeavingFile[]>

  // --- what waits for a deputy, online only ---
  openWaiting(changeId: string): Promise<OpenedWaiting>
  /** Her own save of words that can never be accepted as they stand (a fork, a returned one); its author is told. */
  reissue(changeId: string, ops: Operation[], reason: string): Promise<void>

  // --- asked of the server, online only ---
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>
  upload<T>(path: string, file: File, onProgress?: (share: number) => void): Promise<T>
}
