/**
 * For tests: a server of one station in memory that speaks the protocol: signed verdicts, positions, pages, packs, sealed saves.
 * It judges nothing by itself; a test says what becomes of a change, and what goes wrong on the way.
 */
import { gunzip, gzip } from '../../api'
import { BUNDLE_MEDIA_TYPE, bundleId, pack, readSaves, receiptInfo, receiptPlain, receiptsPayload, savesInfo, unpack, type Receipt } from '../../sync/bundle'
import { changeId, hex, readChange, type Change, type Envelope } from '../../sync/change'
import type { Entry, LogClaim, SealedItem, SyncRequest, WitnessRequest } from '../../sync/messages'
import { fromBase64url, importPublicKey, replicaId, sign, toBase64url, verify } from '../../sync/signatures'
import type { VerdictStatus } from '../../sync/verdict'
import { makePair, importSigner, OUTBOX_INFO } from '../../vault'
import { unpackSave } from '../../vault/packing'
import { openSealed, sealTo } from '../../vault/sealing'
import { CODE, COLLEAGUE, DEPLOYMENT, PERSON, SCOPE, STATION, StationLog } from './station-log'

export { CODE, COLLEAGUE, DEPLOYMENT, PERSON, SCOPE, STATION }

interface Told { file: string; at: number; unmasked: boolean; reason: string | null }

/** What happens to the next requests, first one first. */
export type Mishap = 'lost_reply' | 'portal' | 'dead' | 'session_over' | 'cut_pack'

export class TestServer extends StationLog {
  readonly mishaps: Mishap[] = []
  readonly calls: string[] = []
  readonly broughtSealed: { id: string; verdict: Envelope }[] = [] // by a revoked phone, with the verdicts it was given (M-5d)
  readonly readings: Told[] = []
  readonly grants: Record<string, unknown>[] = []
  readonly ranges: string[] = []
  readonly keys = new Map<string, { key: CryptoKey; person: string; files: string[] | null }>()
  private readonly receiptKeys = new Map<string, Uint8Array>()
  private readonly parents = new Map<string, string>()
  private readonly bundles = new Map<string, string[]>()
  judge: (change: Change) => VerdictStatus = () => 'accepted'
  digest: (digest: string) => string = (digest) => digest
  pack: { bytes: Uint8Array; sha256: string; entriesBefore: number } | null = null
  password: string | null = null
  share = toBase64url(crypto.getRandomValues(new Uint8Array(32)))
  epoch = 1
  local: unknown = null // what the station set for itself
  warnings: unknown[] = []
  revoked = false
  duty = 'worker'
  offered = PERSON // whose code is looked at
  readonly secrets = new Map<string, { auth: string; share: string }>()
  readonly ordered = new Set<string>() // replicas with an order to wipe themselves
  readonly reported: { replica: string; last: boolean }[] = []
  orderAltered: Record<string, unknown> = {}
  losesSealed = false // takes no sealed saves
  backedUp: number | null = null
  readonly erased: Envelope[] = [] // what the station said it erased
  readonly handovers: Envelope[] = []
  tellLog: (log: { root: Envelope; proof: string[] } | null) => { root: Envelope; proof: string[] } | null = (log) => log
  isOpen = true // to what phones remember: refuses who remembers another log, as the real one does
  private caller = ''
  private sealing!: { publicKey: Uint8Array; privateKey: Uint8Array }

  async start(): Promise<this> {
    const [verdicts, strangers, sealing] = await Promise.all([makePair('ECDSA'), makePair('ECDSA'), makePair('ECDH')])
    this.signer = await importSigner(verdicts.privateKey)
    this.stranger = await importSigner(strangers.privateKey)
    this.verdictKey = toBase64url(verdicts.publicKey)
    this.sealing = sealing
    return this
  }

  readonly fetch = (async (url: string, init: RequestInit): Promise<Response> => {
    const path = url.replace('/api/v1', '')
    this.calls.push(`${init.method} ${path}`)
    const mishap = this.mishaps.shift()
    if (mishap === 'dead') throw new TypeError('no network')
    if (mishap === 'portal') return new Response('<html>登录上网</html>', { status: 200 })
    if (mishap === 'session_over') return this.answer({ code: 'not_signed_in' }, 401)
    if (mishap === 'cut_pack') this.mishaps.unshift('dead')
    const headers = init.headers as Record<string, string>
    const json = await this.bodyOf(init, headers)
    const answer = await this.route(`${init.method} ${path}`, json, headers)
    if (mishap === 'lost_reply') throw new TypeError('reply lost')
    return answer
  }) as unknown as typeof fetch

  private async bodyOf(init: RequestInit, headers: Record<string, string>): Promise<Record<string, unknown>> {
    if (!init.body) return {}
    const bytes = init.body as Uint8Array
    if (headers['Content-Type'] === BUNDLE_MEDIA_TYPE) return { bundle: bytes }
    return JSON.parse(new TextDecoder().decode(headers['Content-Encoding'] === 'gzip' ? await gunzip(bytes) : bytes)) as Record<string, unknown>
  }

  private async route(call: string, json: Record<string, unknown>, headers: Record<string, string>): Promise<Response> {
    if (call === 'GET /health') return this.answer({ status: 'ok' })
    if (call === 'POST /enrolment/look') {
      return this.answer({ station_id: STATION, station_name: '青石站', person_id: this.offered, person_name: '林小禾', duty: this.duty, expires_at: this.now + 1e9, deployment: DEPLOYMENT })
    }
    if (call === 'POST /enrolment/confirm') return this.confirm(json)
    if (call === 'POST /sessions/challenge') return this.answer({ nonce: 'n'.repeat(43) })
    if (call === 'POST /sessions' && this.revoked && json['kind'] === 'read') return this.answer({ code: 'device_revoked' }, 403)
    if (call === 'POST /sessions') return this.answer({ expires_at: this.now + 1e6 }, 201)
    if (call === 'DELETE /sessions/read') return new Response(null, { status: 204, headers: { 'Yihu-Protocol': '1' } })
    if (call === 'POST /vault/password') return this.newPassword(json)
    if (call.startsWith('GET /wipe-order')) return this.wipeOrder(call)
    if (call === 'POST /left-records') return this.takeLeft(json['items'] as { id: string; sealed: string }[])
    if (call === 'POST /wipe-order/done') return this.wiped(json)
    if (call === 'POST /vault/share' && this.secrets.get(json['replica'] as string)?.auth === json['auth']) return this.answer({ share: this.secrets.get(json['replica'] as string)?.share })
    if (call === 'POST /vault/share') return json['auth'] === this.password ? this.answer({ share: this.share }) : this.answer({ code: 'wrong_password', remaining: 4 }, 403)
    if (this.passwordOld && ['GET /policy', 'POST /sync', 'POST /have'].includes(call)) return this.answer({ code: 'password_expired' }, 403)
    if (call === 'GET /policy') return this.answer(await this.policy())
    if (call === 'POST /sync' && Number(json['handovers'] ?? this.handovers.length) < this.handovers.length) return this.answer({ code: 'keys_changed' }, 409)
    if (call === 'POST /sync' && this.isOpen && this.standing(json['log'] as LogClaim | undefined) !== 'sound') return this.answer({ code: `log_${this.standing(json['log'] as LogClaim)}` }, 409)
    if (call === 'POST /sync') return this.answer(await this.sync(json as unknown as SyncRequest))
    if (call === 'POST /log/witness') return this.answer(await this.hearWitness(json as unknown as WitnessRequest))
    if (call === 'POST /log/return') return this.answer({ results: await this.takeBack(json['items'] as { envelope: Envelope; verdict: Envelope }[]) })
    if (call === 'POST /have') return this.answer(this.have(json['files'] as Record<string, string>, json['changes'] === true))
    const renewed = /^GET \/bundles\/([0-9a-f]{64})\/receipts$/.exec(call)
    if (renewed) return this.receiptsOf(this.bundles.get(renewed[1] as string) ?? [])
    if (call === 'POST /bundles') return this.handIn(json['bundle'] as Uint8Array)
    if (call === 'POST /sealed') return this.answer({ results: await Promise.all((json['items'] as SealedItem[]).map((item) => this.takeSealed(item))) })
    const act = /^POST \/review\/([0-9a-f]{64})\/(dismiss|ask)$/.exec(call)
    if (act) return this.reviewed(act[1] as string, act[2] as string)
    if (call === 'POST /readings') return this.heardReadings(json['opened'] as Told[])
    if (call === 'GET /grants') return this.answer({ grants: this.grants })
    if (call.startsWith('GET /packs/')) return this.packPart(headers['Range'] ?? '')
    return this.answer({ code: 'not_found' }, 404)
  }

  private heardReadings(opened: Told[]): Response {
    const unknown = [...new Set(opened.map((one) => one.file))].filter((file) => !this.log.some((one) => one.change.file === file))
    this.readings.push(...opened.filter((one) => !unknown.includes(one.file)))
    return this.answer({ new: 0, unknown })
  }
  private newPassword(json: Record<string, unknown>): Response {
    const share = toBase64url(crypto.getRandomValues(new Uint8Array(32)))
    this.secrets.set(json['replica'] as string, { auth: json['new_auth'] as string, share })
    this.passwordOld = false
    this.password = null
    return this.answer({ share })
  }
  private async wipeOrder(call: string): Promise<Response> {
    const replica = /replica=([0-9a-f]+)/.exec(call)?.[1] ?? ''
    const body = { type: 'wipe', v: 1, deployment: DEPLOYMENT, station: STATION, replica, revoked_at: this.now, ...this.orderAltered }
    return this.answer({ order: this.ordered.has(replica) ? await sign(body, this.forge ? this.stranger : this.signer) : null, handovers: [] })
  }
  /** Records that came up before their vault was wiped, as the station reads them. */
  readonly left: unknown[] = []
  private async takeLeft(items: { id: string; sealed: string }[]): Promise<Response> {
    for (const { id, sealed } of items) this.left.push(JSON.parse(new TextDecoder().decode(await openSealed(this.sealing.privateKey, fromBase64url(sealed), `yihu/left/1/${id}`))))
    return this.answer({ codes: items.map(() => 'received') })
  }
  private wiped(json: Record<string, unknown>): Response {
    this.reported.push(json as { replica: string; last: boolean })
    return new Response(null, { status: 204, headers: { 'Yihu-Protocol': '1' } })
  }

  /** What an author may do with an own save: put it away, or ask for a look. */
  private async reviewed(id: string, act: string): Promise<Response> {
    const known = this.latest(id)
    if (!known) return this.answer({ code: 'not_found' }, 404)
    if (act === 'ask') return this.answer({ asked_at: this.now })
    if (known.verdict.status !== 'returned' && known.verdict.reasons[0]?.code !== 'fork') return this.answer({ code: 'change_waits' }, 409)
    return this.answer({ verdict: await this.decide(known.envelope, known.change, 'declined', [{ code: 'dismissed' }]) })
  }

  private answer(json: unknown, status = 200): Response { return new Response(JSON.stringify(json), { status, headers: { 'Yihu-Protocol': '1' } }) }

  private async confirm(json: Record<string, unknown>): Promise<Response> {
    const raw = fromBase64url(json['public_key'] as string)
    const replica = await replicaId(raw)
    const key = await importPublicKey(json['public_key'] as string)
    if (!(await verify(json['proof'] as Envelope, key))) return this.answer({ code: 'proof_wrong' }, 422)
    this.keys.set(replica, { key, person: this.offered, files: null })
    this.secrets.set(replica, { auth: json['auth'] as string, share: this.share })
    this.receiptKeys.set(replica, fromBase64url(json['receipt_key'] as string))
    this.caller = replica
    this.password = json['auth'] as string
    return this.answer({ replica, person_id: this.offered, share: this.share, policy: await this.policy(), server_at: this.now }, 201)
  }

  async policy(): Promise<Envelope> {
    const person = (person_id: string, name: string) => ({ person_id, name, duties: [{ duty: this.duty, scopes: [SCOPE] }] })
    return sign(
      {
        type: 'policy', v: 1, deployment: DEPLOYMENT, station: { id: STATION, name: '青石站' }, epoch: this.epoch, me: person(this.offered, this.offered === PERSON ? '林小禾' : '周远'),
        people: [person(PERSON, '林小禾'), person(COLLEAGUE, '周远')], scopes: [{ id: SCOPE, name: '一片' }], villages: [{ id: '0e'.repeat(16), name: '柳湾村', scope: SCOPE }],
        verdict_key: this.verdictKey, sealing_key: toBase64url(this.sealing.publicKey), limits: {}, schema_versions: { household: this.rules['household']!.version },
        route: { households_max: 12, hours: 24 }, ...(this.local ? { local: this.local } : {}), ...(this.warnings.length ? { warnings: this.warnings } : {}), lease_days: 14, issued_at: this.now, ...(this.drawers ? { drawers: this.drawers } : {}), ...(this.handovers.length ? { handovers: this.handovers } : {}),
      }, // prettier-ignore
      this.signer,
    )
  }

  /** The station's word that bytes were drawn from a photo; or a stranger's. */
  async render(said: { file: string; sha256: string; rendered: string }): Promise<string> {
    const envelope = await sign({ type: 'rendering', v: 1, suite: 1, deployment: DEPLOYMENT, station: STATION, ...said }, this.forge ? this.stranger : this.signer)
    return toBase64url(new TextEncoder().encode(JSON.stringify(envelope)))
  }
  passwordOld = false // older than the station's profile allows: nothing is read
  drawers: { id: string; of: string; reads: boolean; readers: string[] }[] | null = null // that the policy tells of

  /** Two people erased a file: the station's word on it, or a stranger's. */
  async erase(file: string): Promise<void> {
    const body = { type: 'erasure', v: 1, suite: 1, deployment: DEPLOYMENT, station: STATION, file, at: ++this.now, by: [COLLEAGUE, PERSON] }
    this.erased.push(await sign(body, this.forge ? this.stranger : this.signer))
  }
  /** The station's keys change hands; `by` signs the hand-over. */
  async changeKeys(by: CryptoKey = this.signer): Promise<void> {
    const [verdicts, sealing] = await Promise.all([makePair('ECDSA'), makePair('ECDH')])
    const said = { deployment: DEPLOYMENT, station: STATION, number: this.handovers.length + 1, former: this.verdictKey, verdict_key: toBase64url(verdicts.publicKey), sealing_key: toBase64url(sealing.publicKey) }
    this.handovers.push(await sign({ type: 'handover', v: 1, suite: 1, ...said, position: this.log.length, at: this.now }, by))
    this.signer = await importSigner(verdicts.privateKey)
    this.verdictKey = said.verdict_key
    this.sealing = sealing
    this.epoch++
  }
  /** A key that the station never had. */
  get strangersKey(): CryptoKey { return this.stranger }

  /** Takes a change in as any device's: signature checked, dot unique, judged, logged. Repeats get the same verdict. */
  async take(envelope: Envelope): Promise<Envelope> {
    const change = readChange(envelope.body)
    const id = changeId(envelope.body)
    const known = this.latest(id)
    if (known) return known.signed
    const twin = this.log.some((logged) => logged.change.replica === change.replica && logged.change.file === change.file && logged.change.seq === change.seq)
    if (twin) return this.decide(envelope, change, 'quarantined', [{ code: 'fork' }])
    const author = this.keys.get(change.replica)
    const mayTouch = !author?.files || author.files.includes(change.file) || change.kind === 'unlinked_record'
    const sound = author !== undefined && mayTouch && (await verify(envelope, author.key))
    return this.decide(envelope, change, sound ? this.judge(change) : 'returned', sound ? [] : [{ code: 'bad_signature' }])
  }

  private async takeSealed({ id, sealed }: SealedItem): Promise<{ id: string; code: string }> {
    if (this.losesSealed) return { id, code: 'refused' }
    const packed = await openSealed(this.sealing.privateKey, fromBase64url(sealed), OUTBOX_INFO)
    const plain = unpackSave(packed) ?? new TextDecoder().decode(await gunzip(packed))
    const { certificates, envelope, verdict } = JSON.parse(plain) as { certificates: Envelope[]; envelope: Envelope; verdict?: Envelope }
    if (verdict) this.broughtSealed.push({ id, verdict })
    for (const certificate of certificates) await this.admit(certificate)
    const known = this.log.some((logged) => logged.verdict.change === id)
    await this.take(envelope)
    return { id, code: known ? 'known' : 'received' }
  }

  /** A bundle somebody carried: each save taken in, receipts for the devices behind them (B-6, B-7). */
  private async handIn(bytes: Uint8Array): Promise<Response> {
    const bundle = unpack(bytes)
    const plain = await openSealed(this.sealing.privateKey, bundle.payload, savesInfo(bundle)).catch(() => null)
    if (!plain) return this.answer({ code: 'bundle_sealed' }, 422)
    const { items, ask } = await readSaves(plain)
    const results = []
    for (const item of items) results.push(await this.takeSealed(item))
    const ids = [...items.map((item) => item.id), ...ask]
    this.bundles.set(bundleId(bytes), ids)
    const receipts = await this.packReceipts(ids)
    return this.answer({ id: bundleId(bytes), results, receipts: receipts ? toBase64url(receipts) : null })
  }
  private async receiptsOf(ids: string[]): Promise<Response> {
    const receipts = await this.packReceipts(ids)
    return new Response(receipts as BodyInit | null, { status: receipts ? 200 : 204, headers: { 'Yihu-Protocol': '1' } })
  }
  private async packReceipts(ids: string[]): Promise<Uint8Array | null> {
    const verdicts = new Map<string, Envelope[]>()
    for (const id of ids) {
      const known = this.latest(id)
      const to = known && (this.parents.get(known.change.replica) ?? known.change.replica)
      if (known && to) verdicts.set(to, [...(verdicts.get(to) ?? []), known.signed])
    }
    const header = { kind: 'receipts' as const, deployment: DEPLOYMENT, station: STATION }
    const receipts: Receipt[] = []
    for (const [to, told] of verdicts) receipts.push({ to, sealed: toBase64url(await sealTo(this.receiptKeys.get(to) as Uint8Array, await receiptPlain(told), receiptInfo(header, to))) })
    return receipts.length ? pack('receipts', DEPLOYMENT, STATION, await receiptsPayload(receipts)) : null
  }

  private async admit(certificate: Envelope): Promise<void> {
    const body = JSON.parse(certificate.body) as { parent: string; replica: string; public_key: string; files: string[] }
    const parent = this.keys.get(body.parent)
    if (parent) this.parents.set(body.replica, body.parent)
    if (parent && (await verify(certificate, parent.key))) this.keys.set(body.replica, { key: await importPublicKey(body.public_key), person: parent.person, files: body.files })
  }

  private async sync(request: SyncRequest): Promise<unknown> {
    for (const certificate of request.certificates) await this.admit(certificate)
    const verdicts: Envelope[] = []
    for (const envelope of request.push) verdicts.push(await this.take(envelope))
    const facts = { verdicts, server_at: this.now, epoch: this.epoch, more: false, digests: {}, packs: [], log: this.tellLog(await this.logAfter(request.log)), backed_up: this.backedUp, erased: this.erased.filter((one) => (JSON.parse(one.body) as { at: number }).at > (request.erased ?? 0)) }
    if ((request.cursor === null || request.again) && this.pack) {
      const { bytes, sha256, entriesBefore } = this.pack
      return { ...facts, entries: [], cursor: String(entriesBefore), more: true, packs: [{ id: 'pack1', scope: SCOPE, bytes: bytes.length, sha256, cursor: String(entriesBefore) }] }
    }
    const start = request.again ? 0 : Number(request.cursor ?? 0)
    const entries = (request.again ? this.whole : this.entries).slice(start, start + (request.limit ?? 500))
    return { ...facts, entries, cursor: String(start + entries.length), more: start + entries.length < this.entries.length, digests: this.digests() }
  }

  /** The log as this caller is told it: of one's own saves the verdict alone. */
  get entries(): Entry[] {
    const own = (replica: string) => replica === this.caller || Boolean(this.keys.get(replica)?.files)
    const told = this.log.map(({ change, envelope, signed }): Entry => (own(change.replica) ? { kind: 'verdict', verdict: signed } : { kind: 'change', envelope, verdict: signed }))
    return told.flatMap((entry, index) => [entry, ...this.moves.filter((move) => move.after === index + 1).map((move) => move.entry)])
  }

  /** Whoever asks for everything anew gets its own saves whole too. */
  private get whole(): Entry[] {
    return this.log.map(({ change, envelope, signed }): Entry => ({ kind: 'change', envelope, verdict: this.latest(changeId(envelope.body))?.signed ?? signed, file: change.file }) as Entry)
  }

  private digests(): Record<string, string> {
    const files = new Set(this.log.map((logged) => logged.change.file))
    return Object.fromEntries([...files].map((file) => [file, this.digest(this.digestOf(file))]))
  }

  /** Everything logged so far becomes a pack; a new device starts from it. */
  async makePack(): Promise<void> {
    const files = new Map<string, { file: string; kind: string; scope: string; changes: { envelope: Envelope; verdict: Envelope }[] }>()
    for (const { change, envelope, signed } of this.log) {
      const one = files.get(change.file) ?? { file: change.file, kind: change.kind, scope: change.scope, changes: [] }
      one.changes.push({ envelope, verdict: signed })
      files.set(change.file, one)
    }
    const head = { type: 'pack', v: 1, deployment: DEPLOYMENT, station: STATION, scope: SCOPE, cursor: String(this.entries.length) }
    const bytes = await gzip(new TextEncoder().encode([head, ...files.values()].map((line) => JSON.stringify(line)).join('\n')))
    const sha256 = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)))
    this.pack = { bytes, sha256, entriesBefore: this.entries.length }
  }

  private packPart(range: string): Response {
    this.ranges.push(range)
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range)!
    const part = this.pack!.bytes.slice(Number(from), Number(to) + 1)
    return new Response(part as BodyInit, { status: 206, headers: { 'Yihu-Protocol': '1' } })
  }
}
