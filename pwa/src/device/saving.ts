/**
 * Opening a file and the save: one signed change, on disk with its sealed copy for the server before the screen hears of it.
 * Signing and sealing come before the transaction; sequence and predecessor are checked again inside it.
 */
import { gzip } from '../api'
import { bodyText, changeId, makeChange, type Change, type Envelope, type Operation } from '../sync/change'
import { fromBase64url, signText } from '../sync/signatures'
import { emptyBase } from '../sync/versions'
import { Drafts, nameAttachments, OUTBOX_INFO, sealTo, VaultError, type Commit, type FileBody, type OpenVault, type OutboxRow } from '../vault'
import type { FileView, SaveOptions } from './contract'
import { amendmentKey, type Amendment } from './drafting'
import { DeviceError } from './errors'
import { newId } from './ids'
import { signerOf } from './keys'
import { mustHaveLease } from './lease'
import { readStored, viewOf } from './file-state'
import { isGivenAway, lined, othersOf } from './merged'
import { UNLINKED } from './entries'
import { soundBase } from './sound-base'
import type { Phone } from './phone'

const TRIES = 3

const drawersOf = (phone: Phone, reads: boolean): string[] => (phone.policy?.drawers ?? []).filter((one) => one.reads === reads).map((one) => one.id)

export async function openFile(phone: Phone, fileId: string): Promise<FileView> {
  const vault = phone.mustVault()
  mustHaveLease(phone)
  const { body } = await readFile(vault, fileId)
  const view = viewOf(phone.rulesOf(body.kind), body, await phone.readers(), await othersOf(vault, body))
  return { ...view, readonly: view.readonly || isGivenAway(view, [...(phone.state.me?.scopes ?? []), ...drawersOf(phone, true)]) }
}

async function readFile(vault: OpenVault, fileId: string): Promise<{ body: FileBody; rev: number }> {
  const read = await vault.readFile(fileId).catch((error: unknown) => {
    // Here but under a key that this mode does not hold: not on today's route.
    if (error instanceof VaultError && error.code === 'not_found') throw new DeviceError('locked', 'not on the route')
    throw error
  })
  if (!read) throw new DeviceError('not_found', 'no such file on this phone')
  return read
}

export interface SaveParts {
  file: string
  kind: string
  scope: string
  base: FileView['base']
  seen: string | null
  isNew: boolean
  ops: Operation[]
  options: SaveOptions
  move?: Pick<Change, 'to' | 'merge'>
  also?: Pick<Commit, 'removeInbox'>
}

export function partsOf(view: FileView, ops: Operation[], options: SaveOptions): SaveParts {
  return { file: view.fileId, kind: view.kind, scope: view.scope, base: view.base, seen: view.seen, isNew: false, ops, options }
}

export function newParts(phone: Phone, file: string, kind: string, scope: string, ops: Operation[], options: SaveOptions): SaveParts {
  if (phone.vault?.mode === 'route' && kind !== UNLINKED) throw new DeviceError('locked', 'the route makes no new files of this kind')
  return { file, kind, scope, base: emptyBase(), seen: null, isNew: true, ops, options }
}

/** Resolves with the change's id once it is on disk. */
export async function save(phone: Phone, parts: SaveParts): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const id = await phone.exclusively(() => saveOnce(phone, parts))
      phone.onSaved()
      return id
    } catch (error) {
      // Only where the browser has no Web Locks can another tab have come between.
      if (!(error instanceof VaultError) || error.code !== 'changed_meanwhile' || attempt >= TRIES) throw error
    }
  }
}

async function saveOnce(phone: Phone, parts: SaveParts): Promise<string> {
  const vault = phone.mustVault()
  const read = parts.isNew ? null : await readFile(vault, parts.file)
  // What is put into a drawer that one does not read is shut here from the first save on.
  const left = drawersOf(phone, false).includes(parts.scope)
  const body: FileBody = read?.body ?? { file: parts.file, kind: parts.kind, scope: parts.scope, left, changes: [] }
  // What was begun before the file left is still saved: the server puts it before whoever decides there now.
  if (read && body.left && !(await isBegun(vault, parts.options.draftKey))) throw new DeviceError('not_allowed', 'the file has left this device')
  const envelope = await signedChange(phone, body, parts)
  const next: FileBody = { ...body, changes: [...body.changes, { envelope, verdict: null }] }
  const row = await outboxRow(phone, vault, envelope)
  const files = await lined(phone, vault, [{ body: next, rev: read?.rev ?? 0, line: undefined }])
  const { removeDrafts, amended } = await draftsDone(vault, parts.options.draftKey)
  await phone.commit(vault, { files, outbox: [row, ...amended], removeDrafts, ...parts.also })
  await nameAttachments(vault.database, body.file, namedIn(parts.ops))
  return row.id
}

async function isBegun(vault: OpenVault, draftKey: string | undefined): Promise<boolean> {
  return draftKey !== undefined && (await new Drafts(vault.database, vault).load(draftKey)) !== null
}

/** What a save takes along: its draft, and the refused save that the draft amends, which is put away in the same transaction. */
async function draftsDone(vault: OpenVault, draftKey: string | undefined): Promise<{ removeDrafts: string[]; amended: OutboxRow[] }> {
  if (!draftKey) return { removeDrafts: [], amended: [] }
  const drafts = new Drafts(vault.database, vault)
  const beside = amendmentKey(draftKey)
  const amendment = (await drafts.load(beside))?.value as Amendment | undefined
  const row = amendment && (await vault.database.get('outbox', amendment.changeId))
  const isRefused = row && (row.fate === 'returned' || row.fate === 'declined' || (row.fate === 'quarantined' && row.forked))
  return { removeDrafts: [...(await drafts.idsOf(draftKey)), ...(await drafts.idsOf(beside))], amended: isRefused ? [{ ...row, dismissed: true }] : [] }
}

/** Hashes of photos that a save names: from now on they are to be sent. */
export function namedIn(ops: readonly Operation[]): string[] {
  return ops.flatMap((op) => (op.op === 'append' && op.path === 'attachments' ? [op.value['sha256'], op.value['thumb']].filter((hash): hash is string => typeof hash === 'string') : []))
}

async function signedChange(phone: Phone, body: FileBody, parts: SaveParts): Promise<Envelope> {
  const signer = await signerOf(phone)
  const policy = phone.mustPolicy()
  const last = await lastOwn(phone, body, signer.replica)
  const { options } = parts
  const change = makeChange({
    deployment: policy.deployment,
    station: policy.station.id,
    scope: body.scope,
    file: body.file,
    kind: body.kind,
    replica: signer.replica,
    seq: (last?.seq ?? 0) + 1,
    prev: last?.id ?? null,
    base: await baseOfForm(phone, body, parts, signer.replica),
    seen: parts.seen,
    schema: phone.rulesOf(body.kind).version,
    at: phone.now(),
    server_at: phone.mustClear().server_at,
    person: policy.me.person_id,
    epoch: body.left ? (body.left_epoch ?? policy.epoch) : policy.epoch,
    act: options.act ?? 'save',
    ops: plain(parts.ops),
    salt: newId(),
    ...(options.reason ? { reason: options.reason.normalize('NFC') } : {}),
    ...(options.about ? { about: plain(options.about) } : {}),
    ...(parts.move ? plain(parts.move) : {}),
    ...(options.reissues ? { reissues: options.reissues } : {}),
  })
  return signText(bodyText(change), signer.key)
}

/** What the form showed, but for what stands under a number that a copy of this phone gave out too. */
async function baseOfForm(phone: Phone, body: FileBody, parts: SaveParts, replica: string): Promise<FileView['base']> {
  const retired = new Set(phone.vault?.secrets?.retired ?? [])
  const forks = (await phone.mustDatabase().getAll('outbox')).filter((row) => row.file === body.file && row.forked).map((row): [string, number] => [row.replica, row.seq])
  if (!retired.size && !forks.length) return parts.base
  const known = [...readStored(body), ...(await othersOf(phone.mustVault(), body)).flatMap(readStored)]
  return soundBase({ file: body.file, base: parts.base, seen: parts.seen }, phone.rulesOf(body.kind), known, replica, retired, forks)
}

/** This replica's latest word on the file. Where a damaged record was made anew, the outbox alone may still know of it. */
async function lastOwn(phone: Phone, body: FileBody, replica: string): Promise<{ id: string; seq: number } | null> {
  const kept = readStored(body).filter((known) => known.change.replica === replica).map((known) => ({ id: known.id, seq: known.change.seq }))
  const sent = (await phone.mustDatabase().getAll('outbox')).filter((row) => row.file === body.file && row.replica === replica)
  return [...kept, ...sent].reduce<{ id: string; seq: number } | null>((latest, one) => (one.seq > (latest?.seq ?? 0) ? one : latest), null)
}

/** What is sealed to the server at once: uploading needs no open vault. */
async function outboxRow(phone: Phone, vault: OpenVault, envelope: Envelope): Promise<OutboxRow> {
  const change = JSON.parse(envelope.body) as { file: string; replica: string; seq: number; at: number }
  const certificates = vault.route ? [vault.route.certificate] : []
  const plainBytes = await packed(JSON.stringify({ certificates, envelope }))
  const sealed = await sealTo(fromBase64url(phone.mustPolicy().sealing_key), plainBytes, OUTBOX_INFO)
  const { file, replica, seq, at } = change
  return { id: changeId(envelope.body), file, replica, seq, at, sealed, received: false, fate: 'unsent', dismissed: false }
}

/** Against the dictionary (M-5c); by the browser's gzip (M-5a) while its chunk is not on this phone yet. */
export async function packed(text: string): Promise<Uint8Array> {
  const packing = await import('../vault/packing').catch(() => null)
  return packing ? packing.packSave(text) : gzip(new TextEncoder().encode(text))
}

/** Vue's proxies and absent values do not belong into what is signed; text is NFC, as the protocol has it. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? inner.normalize('NFC') : inner))) as T
}
