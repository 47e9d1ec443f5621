/** For tests: phones of one person or of a colleague against a `TestServer`, each on a clean IndexedDB. */
import { Client } from '../../api'
import { listRules } from '../../records'
import { bodyText, makeChange, type Change, type Envelope, type Operation } from '../../sync/change'
import type { Rules } from '../../sync/fold'
import { signText } from '../../sync/signatures'
import { emptyBase } from '../../sync/versions'
import { freshStorage, quickDerive } from '../../vault/testing/vaults'
import type { Device } from '../contract'
import { makeDevice } from '../device'
import { CODE, COLLEAGUE, DEPLOYMENT, SCOPE, STATION, TestServer } from './server'

export const PASSWORD = '晚饭吃了三碗大米饭呀'
export const PIN = '271828'
export const CODE_TYPED = '7k3m-q9tx-2b4d-w8rc'
export const RULES = listRules() as unknown as Record<string, Rules>

Object.assign(globalThis, { navigator: { userAgent: 'test' } })

export class Clock {
  at = 1_795_000_000_000
  readonly now = (): number => this.at
  pass(ms: number): void {
    this.at += ms
  }
}

export async function startServer(): Promise<TestServer> {
  freshStorage()
  return new TestServer(RULES).start()
}

/** The same phone again after the app was killed: same storage, nothing in memory. */
export function restarted(server: TestServer, clock = new Clock()): Promise<Device> {
  return makeDevice({ client: new Client(((url: string, init: RequestInit) => server.fetch(url, init)) as unknown as typeof fetch), derive: quickDerive, rules: RULES, now: clock.now }, false)
}

export async function enrolled(server: TestServer, clock = new Clock()): Promise<Device & { fieldCode: string }> {
  const device = await restarted(server, clock)
  const offer = await device.lookEnrolment(CODE_TYPED)
  if (offer.code !== CODE) throw new Error('the code was not normalised')
  const { fieldCode } = await device.enrol(offer, { password: PASSWORD, pin: PIN }, () => undefined)
  return Object.assign(device, { fieldCode })
}

export function household(name: string, member = 'e'.repeat(32)): Operation[] {
  return [
    { op: 'set', path: 'address', value: { village_id: '0e'.repeat(16), village_name: '柳湾村', group_no: '3', door: '12' } },
    { op: 'set', path: 'phone', value: '19900001111' },
    { op: 'set', path: 'household_size', value: 2 },
    { op: 'append', path: 'members', id: member, value: { name, relation: '02' } },
  ]
}

/** A colleague's device, as far as the server sees it. */
export class Colleague {
  private constructor(
    private readonly server: TestServer,
    private readonly pair: CryptoKeyPair,
    private readonly replica: string,
  ) {}
  private seqs = new Map<string, { seq: number; prev: string | null }>()

  static async of(server: TestServer, name = '77'): Promise<Colleague> {
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])) as CryptoKeyPair
    return new Colleague(server, pair, name.repeat(16))
  }

  async save(file: string, ops: Operation[], more: Partial<Change> = {}, status: 'accepted' | 'held' = 'accepted'): Promise<Envelope> {
    const last = this.seqs.get(file) ?? { seq: 0, prev: null }
    const change = makeChange({
      deployment: DEPLOYMENT, station: STATION, scope: SCOPE, file, kind: 'household', replica: this.replica, seq: last.seq + 1, prev: last.prev, base: emptyBase(),
      seen: null, schema: RULES['household']!.version, at: this.server.now, server_at: 0, person: COLLEAGUE, epoch: 1, act: 'save', ops, salt: '1'.repeat(32), ...more,
    }) // prettier-ignore
    const envelope = await signText(bodyText(change), this.pair.privateKey)
    const verdict = await this.server.decide(envelope, change, status)
    this.seqs.set(file, { seq: change.seq, prev: (JSON.parse(verdict.body) as { change: string }).change })
    return envelope
  }
}

export function id(number: number): string {
  return number.toString(16).padStart(32, '0')
}
