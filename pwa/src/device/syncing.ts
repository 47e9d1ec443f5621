/**
 * Keeps phone and server alike: in the main vault push and pull in one round trip, otherwise only sealed saves go up. Runs by
 * itself after unlocking, after a save, when the network returns and on a timer; a failure waits longer each time.
 */
import { NoAnswer, Problem } from '../api'
import type { Envelope } from '../sync/change'
import { BATCH_BYTES_MAX, CHANGES_PER_BATCH_MAX, type SyncAnswer } from '../sync/messages'
import { claimOf, type LogMemory } from '../sync/log'
import { countWaiting, listCarried, listUndecided, listUnreceived, VaultError, type OpenVault, type OutboxRow } from '../vault'
import { isBackedUp } from './backed-up'
import { asDeviceError, DeviceError } from './errors'
import type { Line } from './entries'
import { leaseOf } from './lease'
import { tellDismissed } from './own-saves'
import { uploadPhotos } from './photos'
import type { Phone } from './phone'
import { takeNextPolicy } from './policy-check'
import { takePacks } from './packs'
import { findRenewal } from './renewing'
import { sendForOthers, sendSealed } from './sealed-upload'
import { softwareOf } from './software'
import { sortNews, takeIn, undecidedFiles, Verifier } from './taking-in'
import type { WipeOrders } from './wiping'
import { bringBack, checkAnswer, fetchWanted, isRefusal, leaveForeign, memoryOf, mend, testify } from './witness'

const REFUSES_READING = ['device_revoked', 'password_expired']
const PAGE_ENTRIES = 300
const CERTIFICATES = 20
const ROUNDS_MAX = 500
const WITNESSED_MAX = 3
const EVERY_MS = 60_000
const RETRY_MS = [5_000, 15_000, 60_000, 300_000]

export class Syncing {
  private running: Promise<void> | null = null
  private following: Promise<void> | null = null
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private dueAt = 0
  private readonly refetched = new Set<string>()
  private sentAtRisk = false // once a start: a phone that was revoked may go on trying for weeks

  constructor(private readonly phone: Phone) {}

  start(): void {
    addEventListener('online', () => this.soon(0))
    addEventListener('offline', () => this.phone.say({ online: false }))
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.soon(0))
    this.plan(0)
  }

  /** After a save or an event: soon, without waiting out an earlier failure. */
  soon(delayMs = 200): void {
    this.failures = 0
    this.plan(delayMs)
  }

  /** The sooner of two plans stands: a save made while a run was ending must not wait for the next round of the clock. */
  private plan(delayMs: number): void {
    // Jitter: a station's phones do not come all at once when its network returns.
    const dueAt = Date.now() + delayMs * (0.8 + 0.4 * Math.random())
    if (this.timer !== undefined && this.dueAt <= dueAt) return
    clearTimeout(this.timer)
    this.dueAt = dueAt
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.now().catch(() => undefined)
    }, dueAt - Date.now())
  }

  /** One run. A call while one runs waits for another after it: the first may have looked before what is to be sent was there. */
  async now(): Promise<void> {
    if (this.running) return (this.following ??= this.running.then(() => this.follow()))
    this.running = this.run()
    try {
      await this.running
    } finally {
      this.running = null
      const wait = this.failures ? (RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? EVERY_MS) : EVERY_MS
      this.plan(wait)
    }
  }
  private follow(): Promise<void> {
    this.following = null
    return this.now()
  }

  private async run(): Promise<void> {
    const { phone } = this
    if (!phone.database) return void (await this.beside().catch(() => undefined)) // a wiped vault may still be to be told of
    phone.say({ syncing: true })
    try {
      const faults = phone.vault?.mode === 'main' ? await this.full(phone.vault).catch((error: unknown) => this.lastSends(error)) : await this.sealedOnly()
      faults.push(...(await this.handIn()))
      if (await this.beside(faults.includes('device_revoked'))) return
      if (faults.includes('device_revoked')) throw new DeviceError('device_revoked')
      await (await import('./access')).report(phone).catch(() => undefined) // told again at the next run
      this.failures = 0
      phone.say({ online: true, problem: faults[0] ? { code: faults[0], detail: '' } : null })
    } catch (error) {
      this.failures++
      this.tell(error)
    } finally {
      phone.say({ syncing: false, progress: null })
      phone.state.lease = leaseOf(phone.clear, phone.now())
      await phone.refreshWaiting()
    }
  }

  private tell(error: unknown): void {
    const { phone } = this
    if (error instanceof NoAnswer && error.reason !== 'portal') return phone.say({ online: false, problem: null })
    // The upload session has ended and the key that opens another is locked away: no fault, but it waits for an unlock.
    if (error instanceof DeviceError && error.code === 'locked') return phone.say({ online: true, problem: phone.vault ? { code: 'upload_session', detail: '' } : null })
    const known = asDeviceError(error)
    phone.say({ online: !(error instanceof NoAnswer), problem: { code: error instanceof NoAnswer ? 'portal' : known.code, detail: known.say?.zh ?? known.detail } })
  }

  // --- main vault: push and pull ---
  private async full(vault: OpenVault): Promise<string[]> {
    const { phone } = this
    await phone.ensureSession('read')
    await phone.ensureSession('upload')
    const faults = [...(await this.pushStrangers(vault)), ...(await takePacks(phone, vault))]
    const pushed = new Set<string>()
    let changesMax = CHANGES_PER_BATCH_MAX
    let heard = 0
    await bringBack(phone, vault)
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const batch = await this.nextBatch(vault, changesMax)
      const exchanged = await this.exchange(vault, batch).catch(async (error: unknown) => {
        if (isRefusal(error) && heard++ < WITNESSED_MAX) {
          await testify(phone, vault)
          await bringBack(phone, vault)
          return null
        }
        if (error instanceof Problem && error.code === 'keys_changed' && heard++ < WITNESSED_MAX) {
          await this.fetchPolicy(vault)
          return null
        }
        if (!(error instanceof Problem) || error.status !== 413 || changesMax < 2) throw error
        changesMax = Math.floor(changesMax / 2)
        return null
      })
      if (!exchanged) continue
      const { answer } = exchanged
      const erased = answer.erased?.length ? await (await import('./erasing')).obeyErasures(phone, vault, answer.erased) : null
      faults.push(...(erased?.faults ?? []), ...(await this.take(vault, answer, exchanged.claimed, erased?.files)))
      faults.push(...(await takePacks(phone, vault)))
      if (answer.epoch !== phone.policy?.epoch) await this.fetchPolicy(vault)
      // What stays without a believable verdict is not pushed round and round; the next run tries again.
      const fresh = batch.rows.filter((row) => !pushed.has(row.id))
      for (const row of fresh) pushed.add(row.id)
      if (!answer.more && !answer.packs.length && !fresh.length) break
    }
    await fetchWanted(phone, vault)
    await leaveForeign(phone, vault)
    await tellDismissed(phone, vault)
    faults.push(...(await uploadPhotos(phone, vault)))
    await this.complete(vault)
    return [...new Set(faults)]
  }

  /** Saves whose file this vault does not have (carried over from an earlier key, or from the route): sealed, as they are. */
  private async pushStrangers(vault: OpenVault): Promise<string[]> {
    const strangers: OutboxRow[] = []
    for (const row of await listUnreceived(vault.database)) if (!(await envelopeOf(vault, row))) strangers.push(row)
    return this.pushSealed(strangers)
  }

  private async nextBatch(vault: OpenVault, changesMax: number): Promise<{ rows: OutboxRow[]; push: Envelope[]; certificates: Envelope[] }> {
    const rows: OutboxRow[] = []
    const push: Envelope[] = []
    const replicas = new Set<string>()
    let bytes = 0
    for (const row of await listUndecided(vault.database)) {
      const envelope = await envelopeOf(vault, row)
      if (!envelope) continue
      const size = envelope.body.length * 2
      const another = !replicas.has(row.replica) && replicas.size >= CERTIFICATES
      if (push.length >= changesMax || (push.length && bytes + size > BATCH_BYTES_MAX) || another) break
      rows.push(row)
      push.push(envelope)
      replicas.add(row.replica)
      bytes += size
    }
    const known = vault.secrets?.replicas ?? {}
    const certificates = [...replicas].map((replica) => known[replica]).filter((envelope): envelope is Envelope => Boolean(envelope))
    return { rows, push, certificates }
  }

  private async exchange(vault: OpenVault, batch: { push: Envelope[]; certificates: Envelope[] }): Promise<{ answer: SyncAnswer; claimed: LogMemory }> {
    const sync = await vault.readSync()
    const { cursor, again } = sync
    const claimed = memoryOf(sync)
    const { unsentCount: count, unsentSince: since } = this.phone.state.sync
    const request = { push: batch.push, certificates: batch.certificates, cursor, limit: PAGE_ENTRIES, log: claimOf(claimed), handovers: this.phone.mustPolicy().handovers?.length ?? 0, erased: sync.erased ?? 0, ...(again ? { again } : {}) }
    return { answer: await this.phone.calls.sync(request, { count, since, software: softwareOf() }), claimed }
  }

  private async take(vault: OpenVault, answer: SyncAnswer, claimed: LogMemory, erased?: ReadonlySet<string>): Promise<string[]> {
    const { phone } = this
    const policy = phone.mustPolicy()
    const verifier = new Verifier(policy)
    const { news, verdicts: told } = await sortNews(verifier, answer)
    const verdicts = told.filter((verdict) => !verdict.file || !erased?.has(verdict.file))
    for (const file of erased ?? []) news.delete(file)
    const log = await checkAnswer(phone, claimed, answer, verdicts)
    const taken = await phone.exclusively(async () => {
      const sync = await vault.readSync()
      const packs = answer.packs.map(({ id, bytes, sha256 }) => ({ id, bytes, sha256 }))
      // Beside a pack comes only the tail after it: before the pack is in, no fold here could agree with the server's digest.
      const next = packs.length ? { packs, cursor_after_packs: answer.cursor, again: false } : { cursor: answer.cursor ?? sync.cursor, again: false }
      const isTail = sync.cursor !== null && !sync.again
      const renewal = sync.renewal ?? (await findRenewal(phone, vault, verdicts, news, isTail))
      // What this store lost of its own comes back whole when everything is asked for anew.
      const again = renewal?.code === 'older' && !sync.renewal
      phone.say({ renewal: renewal?.code ?? null })
      // Another tab may have come further meanwhile: its memory of the log stays.
      const known = memoryOf(sync)
      const witnessed = { log: known.epoch === claimed.epoch && claimOf(known).size === claimOf(claimed).size ? log : known, backed_up: answer.backed_up ?? null }
      return takeIn(phone, vault, news, verdicts, { ...sync, ...next, ...witnessed, renewal, again }, { serverAt: answer.server_at, digests: packs.length ? {} : (answer.digests ?? {}), isTail })
    })
    const digests = Object.fromEntries(taken.refetch.map((file) => [file, answer.digests[file] as string]))
    await this.refetch(vault, taken.refetch.length ? await mend(phone, vault, digests) : [])
    return [...verifier.faults, ...taken.faults]
  }

  /** Once a file: its whole log comes again with the next answer. A second difference is only told. */
  private async refetch(vault: OpenVault, files: string[]): Promise<void> {
    const fresh = files.filter((file) => !this.refetched.has(file))
    if (!fresh.length) return
    for (const file of fresh) this.refetched.add(file)
    await this.phone.exclusively(async () => this.phone.commit(vault, { sync: { ...(await vault.readSync()), again: true } }))
  }

  /** Some record did not verify when it was opened: fetch everything that the server has again. */
  async repair(file: string): Promise<void> {
    const { vault } = this.phone
    if (!vault || vault.mode !== 'main') return
    await this.refetch(vault, [file])
    this.soon(0)
  }

  private async fetchPolicy(vault: OpenVault): Promise<void> {
    const { phone } = this
    const known = phone.mustPolicy()
    const sync = await vault.readSync()
    const fresh = await phone.calls.policy(sync.policy_tag)
    if (!fresh) return
    const policy = await takeNextPolicy(fresh.envelope, known)
    await phone.exclusively(async () => {
      await phone.commit(vault, { sync: { ...(await vault.readSync()), policy: fresh.envelope, policy_tag: fresh.tag } })
      await phone.rememberClear({ villages: policy.villages, sealing_key: policy.sealing_key, epoch: policy.epoch, station: policy.station, verdict_key: policy.verdict_key, lease_days: policy.lease_days })
    })
    phone.usePolicy(policy)
    await (await import('./tidying')).relistOutdated(phone, vault)
  }

  private async complete(vault: OpenVault): Promise<void> {
    await this.dropLeft(vault)
    const { count, photos } = await countWaiting(vault.database)
    if (count || photos) return
    const at = this.phone.now()
    await this.phone.exclusively(async () => this.phone.commit(vault, { sync: { ...(await vault.readSync()), complete_at: at } }))
    this.phone.say({ lastCompleteAt: at })
  }

  /** Files that left and waited for something of one's own: nothing hangs on them any more. */
  private async dropLeft(vault: OpenVault): Promise<void> {
    const { phone } = this
    await phone.exclusively(async () => {
      const listed = new Set(vault.entries.filter((entry) => !(entry.line as Line).leaving).map((entry) => entry.file))
      const waiting = await undecidedFiles(vault)
      const { backed_up: backedUp } = await vault.readSync()
      const gone: string[] = []
      for (const file of await vault.listFiles()) {
        if (listed.has(file) || waiting.has(file)) continue
        const read = await vault.readFile(file).catch(() => null)
        if (read?.body.left && isBackedUp(phone, read.body, backedUp)) gone.push(file)
      }
      if (gone.length) await phone.commit(vault, { removeFiles: gone })
    })
  }

  // --- everything else: sealed saves go up, nothing comes down ---
  /** A revoked phone reads no more, but what it recorded still gets home, to be decided by a person. */
  private async lastSends(error: unknown): Promise<string[]> {
    if (!(error instanceof Problem) || !REFUSES_READING.includes(error.code)) throw error
    await this.phone.ensureSession('upload')
    if (error.code === 'password_expired') return [error.code, ...(await this.sealedOnly())]
    if (this.phone.vault?.mode === 'main' && !this.sentAtRisk) await (await import('./at-risk')).sendAtRisk(this.phone, this.phone.vault)
    this.sentAtRisk = true
    await this.sealedOnly()
    return ['device_revoked']
  }

  private async sealedOnly(): Promise<string[]> {
    const rows = (await listUnreceived(this.phone.mustDatabase())).filter((row) => row.sealed)
    // Nothing to send: ask all the same, so that "online" is said only of a server that answers.
    if (!rows.length) await this.phone.calls.health()
    return this.pushSealed(rows)
  }

  /** What is carried for others, after what is one's own. */
  private async handIn(): Promise<string[]> {
    const isWaiting = (await listCarried(this.phone.mustDatabase())).some((row) => row.kind === 'saves' && row.state === 'waiting')
    return isWaiting ? (await import('./carrying')).handIn(this.phone) : []
  }

  private pushSealed(rows: OutboxRow[]): Promise<string[]> {
    return sendSealed(this.phone, this.phone.mustDatabase(), rows)
  }

  // --- the other vaults of this phone, and orders to wipe one ---
  private orders: WipeOrders | null = null
  /** True: the vault in use is gone. `revoked`: the server just said so. */
  private async beside(revoked = false): Promise<boolean> {
    if (!revoked) await sendForOthers(this.phone).catch(() => undefined)
    const { WipeOrders } = await import('./wiping')
    this.orders ??= new WipeOrders(this.phone, async (database) => void (await sendSealed(this.phone, database, await listUnreceived(database))))
    return this.orders.look(revoked)
  }
}

async function envelopeOf(vault: OpenVault, row: OutboxRow): Promise<Envelope | null> {
  try {
    const read = await vault.readFile(row.file)
    return read?.body.changes.find((stored) => isChange(stored.envelope, row))?.envelope ?? null
  } catch (error) {
    // Its sealed copy still goes up; see pushStrangers.
    if (error instanceof VaultError) return null
    throw error
  }
}

function isChange(envelope: Envelope, row: OutboxRow): boolean {
  const change = JSON.parse(envelope.body) as { replica: string; seq: number }
  return change.replica === row.replica && change.seq === row.seq
}

