/** For tests: the log of a station's server: signed verdicts in order, its root, restarts, what came back, who left. `server.ts` speaks to phones about it. */
import { changeId, readChange, type Change, type Envelope } from '../../sync/change'
import { acceptedOf, fold, stateDigest, type Rules } from '../../sync/fold'
import { filesHash, readRoot } from '../../sync/log'
import type { Entry, LogClaim, WitnessRequest } from '../../sync/messages'
import { importPublicKey, sign, verify } from '../../sync/signatures'
import type { Verdict, VerdictStatus } from '../../sync/verdict'
import { EPOCH, leavesOf, placeOf, proofOf, rootOf, type Epoch } from './log'

export const DEPLOYMENT = '0d'.repeat(16)
export const STATION = '05'.repeat(16)
export const SCOPE = '0c'.repeat(16)
export const PERSON = '0a'.repeat(16)
export const COLLEAGUE = '0b'.repeat(16)
export const CODE = '7K3MQ9TX2B4DW8RC'

export interface Logged {
  change: Change
  envelope: Envelope
  verdict: Verdict
  signed: Envelope
}

export class StationLog {
  readonly log: Logged[] = []
  protected readonly moves: { after: number; entry: Entry }[] = []
  forge = false // sign verdicts with a stranger's key
  now = 1_795_000_000_000
  readonly epochs: Epoch[] = [{ number: 1, leaf: 0 }]
  readonly restarts: Envelope[] = []
  protected signer!: CryptoKey
  protected stranger!: CryptoKey
  protected verdictKey = ''

  constructor(protected readonly rules: Record<string, Rules>) {}
  latest(id: string): Logged | undefined { return [...this.log].reverse().find((logged) => logged.verdict.change === id) }

  async decide(envelope: Envelope, change: Change, status: VerdictStatus, reasons: { code: string }[] = []): Promise<Envelope> {
    const body = {
      type: 'verdict', v: 1, suite: 1, deployment: DEPLOYMENT, station: STATION, change: changeId(envelope.body), file: change.file, dot: [change.replica, change.seq],
      status, position: placeOf(this.epochs, this.log.length), received_at: this.now, duty: 'worker', reasons, by: null, decided_at: null,
    } as unknown as Verdict // prettier-ignore
    const signed = await sign(body, this.forge ? this.stranger : this.signer)
    this.log.push({ change, envelope, verdict: body, signed })
    return signed
  }

  protected get leaves(): string[] {
    return leavesOf(this.log.map(({ signed }) => signed))
  }
  protected get logEpoch(): number {
    return (this.epochs[this.epochs.length - 1] as Epoch).number
  }
  /** Everything after the first `kept` entries is gone, as if an older copy of the database had been put back. */
  forget(kept: number): void {
    this.log.length = kept
  }
  /** Another verdict in the place of one: somebody wrote another past. */
  async rewrite(at: number): Promise<void> {
    const { verdict } = this.log[at] as Logged
    Object.assign(this.log[at] as Logged, { signed: await sign({ ...verdict, received_at: verdict.received_at - 1 }, this.signer) })
  }
  protected standing(claim: LogClaim | undefined): 'sound' | 'behind' | 'differs' {
    const { leaves } = this
    if (!claim?.size) return 'sound'
    const agreed = this.epochs.filter((epoch) => epoch.number > claim.epoch).map((epoch) => epoch.leaf)
    if (claim.epoch > this.logEpoch || claim.size > leaves.length || agreed.some((leaf) => claim.size > leaf)) return 'behind'
    return rootOf(leaves.slice(0, claim.size)) === claim.hash ? 'sound' : 'differs'
  }
  async root(): Promise<Envelope> {
    const { leaves } = this
    const position = placeOf(this.epochs, leaves.length) - 1
    return sign({ type: 'root', v: 1, suite: 1, deployment: DEPLOYMENT, station: STATION, epoch: this.logEpoch, size: leaves.length, position, hash: rootOf(leaves), at: this.now }, this.signer)
  }
  protected async logAfter(claim: LogClaim | undefined): Promise<{ root: Envelope; proof: string[] } | null> {
    const { leaves } = this
    if (!claim || (claim.epoch === this.logEpoch && claim.size === leaves.length)) return null
    return { root: await this.root(), proof: proofOf(Math.min(claim.size, leaves.length), leaves) }
  }
  protected async hearWitness({ root, remembered }: WitnessRequest): Promise<unknown> {
    const shown = root ? readRoot(root.body) : null
    const isAhead = shown !== null && (shown.epoch > this.logEpoch || (shown.epoch === this.logEpoch && shown.size > this.log.length))
    const known = remembered.filter((claim) => claim.size <= this.log.length)
    const contradicted = known.some((claim) => this.standing(claim) === 'differs')
    if (isAhead && !contradicted) await this.restart(Math.max(0, ...known.map((claim) => claim.size)), shown.epoch)
    const state = contradicted || (shown !== null && this.standing(shown) === 'differs') ? 'differs' : 'sound'
    return { root: await this.root(), restarts: this.restarts, state }
  }
  protected async restart(agreed: number, after: number): Promise<void> {
    const epoch = Math.max(after, this.logEpoch) + 1
    const size = this.log.length
    const said = { type: 'restart', v: 1, suite: 1, deployment: DEPLOYMENT, station: STATION, epoch, size, hash: rootOf(this.leaves), agreed, position: agreed, first: (epoch - 1) * EPOCH + 1, because: 'phone', at: this.now }
    this.restarts.push(await sign(said, this.signer))
    this.epochs.push({ number: epoch, leaf: size })
  }
  protected async takeBack(items: { envelope: Envelope; verdict: Envelope }[]): Promise<unknown[]> {
    const key = await importPublicKey(this.verdictKey)
    return Promise.all(
      items.map(async ({ envelope, verdict: signed }) => {
        const id = changeId(envelope.body)
        const verdict = JSON.parse(signed.body) as Verdict
        if (!(await verify(signed, key)) || verdict.change !== id) return { id, code: 'refused' }
        if (this.log.some((logged) => logged.verdict.change === id)) return { id, code: 'known' }
        this.log.push({ change: readChange(envelope.body), envelope, verdict, signed })
        return { id, code: 'taken' }
      }),
    )
  }
  /** Files that the phone may not read, and of which no entry tells it so. */
  readonly elsewhere = new Set<string>()

  protected have(asked: Record<string, string>, changes: boolean): unknown {
    const of = (file: string) => this.log.filter((logged) => logged.change.file === file && !this.elsewhere.has(file))
    const hash = (file: string) => filesHash(of(file).filter((one) => one.verdict.status === 'accepted').map(({ verdict }): [string, number] => [verdict.change, verdict.position])) // prettier-ignore
    const unknown = Object.keys(asked).filter((file) => !of(file).length)
    const differ = Object.keys(asked).filter((file) => of(file).length && hash(file) !== asked[file])
    const packed = (file: string) => ({ file, kind: 'household', scope: SCOPE, changes: of(file).map(({ envelope, signed }) => ({ envelope, verdict: signed })) })
    return { differ, unknown, files: changes ? differ.map(packed) : [] }
  }

  leave(file: string, entry: Entry = { kind: 'leave', file }): void {
    this.moves.push({ after: this.log.length, entry })
  }

  digestOf(file: string): string {
    const isMerging = this.log.some((one) => one.change.merge)
    const logged = this.log.filter((one) => isMerging || one.change.file === file)
    const inputs = logged.map(({ verdict, change }) => ({ id: verdict.change, change, verdict }))
    return stateDigest(fold(this.rules['household']!, acceptedOf(inputs), file))
  }
}
