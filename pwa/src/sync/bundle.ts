/**
 * Carried bundles (PROTOCOL.md 10): saves that another phone or a stick brings in, and receipts that go back. Bytes in, values
 * out, and the other way round. Sealing, keys, storage and the network are the caller's. Mirror of sync/bundle.py.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { canonicalize, parseCanonical } from './canonical'
import { hex, utf8, type Envelope } from './change'
import { SyncError } from './errors'
import { checkShape, each, oneOf, text, type Shape } from './shapes'

export type BundleKind = 'saves' | 'receipts'
export type BundleErrorCode = 'bundle_too_large' | 'not_a_bundle' | 'bundle_damaged' | 'bundle_newer' | 'bundle_elsewhere' | 'bundle_kind' | 'bundle_sealed' | 'bundle_content'

/** The bundle is refused as a whole (B-12); nothing of it was taken in. */
export class BundleError extends Error {
  override readonly name = 'BundleError'
  constructor(readonly code: BundleErrorCode) {
    super(code)
  }
}

export interface Bundle { kind: BundleKind; deployment: string; station: string; payload: Uint8Array }
export interface SealedSave { id: string; sealed: string }
/** `ask`: saves that the server has already and whose verdict their author still waits for. */
export interface Saves { items: SealedSave[]; ask: string[] }
export interface Receipt { to: string; sealed: string }

export const BUNDLE_BYTES_MAX = 1048576
export const ITEMS_MAX = 500
export const ASKED_MAX = 1000
export const BUNDLE_MEDIA_TYPE = 'application/vnd.yihu.bundle'
const PLAIN_BYTES_MAX = 2097152
const ITEMS_BYTES_MAX = 900000
const MAGIC = [0x89, 0x59, 0x49, 0x48, 0x55, 0x0d, 0x0a, 0x1a]
const VERSION = 1
const SUITE = 1
const KINDS: Record<BundleKind, number> = { saves: 1, receipts: 2 }
const HEADER_BYTES = 44
const TRAILER_BYTES = 32
const BEGIN = '-----BEGIN YIHU BUNDLE-----'
const END = '-----END YIHU BUNDLE-----'

const HASH = text(64, 64, /^[0-9a-f]*$/)
const BASE64URL = /^[A-Za-z0-9_-]+$/
const SAVES: Shape = { type: oneOf('saves'), v: oneOf(1), items: each({ id: HASH, sealed: text(1, 200000, BASE64URL) }, { maximum: ITEMS_MAX }), ask: each(HASH, { maximum: ASKED_MAX }) }
const RECEIPTS: Shape = {
  type: oneOf('receipts'),
  v: oneOf(1),
  receipts: each({ to: text(32, 32, /^[0-9a-f]*$/), sealed: text(1, BUNDLE_BYTES_MAX, BASE64URL) }, { maximum: 500 }),
}
const RECEIPT: Shape = { type: oneOf('receipt'), v: oneOf(1), verdicts: each({ body: text(1, 200000), sig: text(1, 200) }, { maximum: 3000 }) }

// --- the container ---

/** The bytes of a bundle (B-1). */
export function pack(kind: BundleKind, deployment: string, station: string, payload: Uint8Array): Uint8Array {
  const packed = new Uint8Array(HEADER_BYTES + 4 + payload.length + TRAILER_BYTES)
  if (packed.length > BUNDLE_BYTES_MAX) throw new BundleError('bundle_too_large')
  packed.set(headerOf({ kind, deployment, station }))
  new DataView(packed.buffer).setUint32(HEADER_BYTES, payload.length)
  packed.set(payload, HEADER_BYTES + 4)
  packed.set(sha256(packed.subarray(0, packed.length - TRAILER_BYTES)), packed.length - TRAILER_BYTES)
  return packed
}

/** Reads the bytes of a bundle. Throws the codes of B-12 in their order; nothing was believed by then. */
export function unpack(packed: Uint8Array): Bundle {
  if (packed.length > BUNDLE_BYTES_MAX) throw new BundleError('bundle_too_large')
  if (!beginsAs(packed, 5)) throw new BundleError('not_a_bundle')
  if (!beginsAs(packed, MAGIC.length)) throw new BundleError('bundle_damaged')
  if (packed.length >= 10 && (packed[8] !== VERSION || packed[9] !== SUITE)) throw new BundleError('bundle_newer')
  const end = packed.length - TRAILER_BYTES
  if (end < HEADER_BYTES + 4) throw new BundleError('bundle_damaged')
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  if (end !== HEADER_BYTES + 4 + view.getUint32(HEADER_BYTES)) throw new BundleError('bundle_damaged')
  if (hex(sha256(packed.subarray(0, end))) !== hex(packed.subarray(end))) throw new BundleError('bundle_damaged')
  const kind = (Object.keys(KINDS) as BundleKind[]).find((name) => KINDS[name] === packed[10])
  if (!kind || packed[11] !== 0) throw new BundleError('bundle_newer')
  return { kind, deployment: hex(packed.subarray(12, 28)), station: hex(packed.subarray(28, HEADER_BYTES)), payload: packed.slice(HEADER_BYTES + 4, end) }
}

/** The bundle, if it is of this kind and of this station. */
export function requireBundle(bundle: Bundle, kind: BundleKind, deployment: string, station: string): Bundle {
  if (bundle.deployment !== deployment || bundle.station !== station) throw new BundleError('bundle_elsewhere')
  if (bundle.kind !== kind) throw new BundleError('bundle_kind')
  return bundle
}

/** SHA-256 of the whole: names the bundle, in file names by its first eight digits. */
export function bundleId(packed: Uint8Array): string {
  return hex(sha256(packed))
}

export function fileName(packed: Uint8Array): string {
  return `yihu-${unpack(packed).kind}-${bundleId(packed).slice(0, 8)}.yihu`
}

/** HPKE `info` of the payload of saves: bound to its header (B-3). */
export function savesInfo(bundle: Omit<Bundle, 'payload'>): Uint8Array {
  return concat(utf8('yihu/bundle/1'), headerOf(bundle))
}

/** HPKE `info` of one receipt: bound to its header and its addressee (B-8). */
export function receiptInfo(bundle: Omit<Bundle, 'payload'>, to: string): Uint8Array {
  return concat(utf8('yihu/receipt/1'), headerOf(bundle), fromHex(to))
}

// --- what stands inside ---

export function savesPlain(saves: Saves): Promise<Uint8Array> {
  return zip({ type: 'saves', v: 1, items: saves.items.map(({ id, sealed }) => ({ id, sealed })), ask: saves.ask }, SAVES)
}

export async function readSaves(plain: Uint8Array): Promise<Saves> {
  const { items, ask } = (await unzip(plain, SAVES)) as Saves
  return { items: items.map(({ id, sealed }) => ({ id, sealed })), ask }
}

/** Payload of receipts (B-8). */
export function receiptsPayload(receipts: Receipt[]): Promise<Uint8Array> {
  return zip({ type: 'receipts', v: 1, receipts }, RECEIPTS)
}

export async function readReceipts(payload: Uint8Array): Promise<Receipt[]> {
  return ((await unzip(payload, RECEIPTS)) as { receipts: Receipt[] }).receipts.map(({ to, sealed }) => ({ to, sealed }))
}

export function receiptPlain(verdicts: Envelope[]): Promise<Uint8Array> {
  return zip({ type: 'receipt', v: 1, verdicts }, RECEIPT)
}

/** Verdicts that are still to be believed: each is checked by its own signature (B-9). */
export async function readReceipt(plain: Uint8Array): Promise<Envelope[]> {
  return ((await unzip(plain, RECEIPT)) as { verdicts: Envelope[] }).verdicts.map(({ body, sig }) => ({ body, sig }))
}

/** As many bundles as the caps ask for, in the order of the saves; what is asked goes with the first (B-5). */
export function splitSaves(items: readonly SealedSave[], ask: readonly string[] = []): Saves[] {
  const parts: SealedSave[][] = []
  let chunk: SealedSave[] = []
  let size = 0
  for (const item of items) {
    size += item.sealed.length
    if (chunk.length && (chunk.length >= ITEMS_MAX || size > ITEMS_BYTES_MAX)) {
      parts.push(chunk)
      chunk = []
      size = item.sealed.length
    }
    chunk.push(item)
  }
  if (chunk.length || ask.length) parts.push(chunk)
  return parts.map((part, at) => ({ items: part, ask: at === 0 ? ask.slice(0, ASKED_MAX) : [] }))
}

// --- as text ---

/** The text form (B-10). `note` stands above and is ignored by readers. */
export function toText(packed: Uint8Array, note = ''): string {
  let binary = ''
  for (const byte of packed) binary += String.fromCharCode(byte)
  const lines = btoa(binary).match(/.{1,64}/g) ?? []
  return [...(note ? [note, ''] : []), BEGIN, ...lines, END, ''].join('\n')
}

/** The bytes of a bundle from a file of either form; they are not checked yet. */
export function fromFile(content: Uint8Array): Uint8Array {
  if (beginsAs(content, 5)) return content
  if (content.length > 2 * BUNDLE_BYTES_MAX) throw new BundleError('bundle_too_large')
  const written = new TextDecoder().decode(content)
  const start = written.indexOf(BEGIN)
  const end = written.indexOf(END)
  if (start < 0) throw new BundleError('not_a_bundle')
  const encoded = end < start ? '' : written.slice(start + BEGIN.length, end).replace(/\s+/g, '')
  if (!encoded || encoded.length % 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw new BundleError('bundle_damaged')
  return Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))
}

// --- shared ---

function headerOf({ kind, deployment, station }: Omit<Bundle, 'payload'>): Uint8Array {
  return concat(Uint8Array.from([...MAGIC, VERSION, SUITE, KINDS[kind], 0]), fromHex(deployment), fromHex(station))
}

function beginsAs(bytes: Uint8Array, length: number): boolean {
  return bytes.length >= length && MAGIC.slice(0, length).every((byte, at) => bytes[at] === byte)
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

async function zip(body: object, shape: Shape): Promise<Uint8Array> {
  checkShape(body, shape)
  return pump(utf8(canonicalize(body)), new CompressionStream('gzip'), Infinity)
}

/** Unpacks one gzip member, stopping at the cap: a bomb costs no more than the cap. */
async function unzip(zipped: Uint8Array, shape: Shape): Promise<unknown> {
  try {
    const plain = await pump(zipped, new DecompressionStream('gzip'), PLAIN_BYTES_MAX)
    const body = parseCanonical(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain))
    checkShape(body, shape)
    return body
  } catch (error) {
    if (error instanceof SyncError || error instanceof TypeError) throw new BundleError('bundle_content')
    throw error
  }
}

async function pump(bytes: Uint8Array, through: { readable: ReadableStream<Uint8Array>; writable: WritableStream }, bytesMax: number): Promise<Uint8Array> {
  const writer = through.writable.getWriter()
  // Not awaited: the stream takes more only while it is read. A failure shows on the reading side.
  void writer.write(bytes).catch(() => undefined)
  void writer.close().catch(() => undefined)
  const reader = through.readable.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  const next = () => reader.read().catch((): never => { throw new BundleError('bundle_content') }) // prettier-ignore
  for (let read = await next(); !read.done; read = await next()) {
    length += read.value.length
    if (length > bytesMax) {
      void reader.cancel().catch(() => undefined)
      throw new BundleError('bundle_content')
    }
    chunks.push(read.value)
  }
  return concat(...chunks)
}
