/** Two phones that never meet the server at the same time: a save travels in somebody's pocket, its receipt travels back. */
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { pack, toText, unpack } from '../sync/bundle'
import { FrameCollector, toFrames } from '../sync/frames'
import type { Device } from './contract'
import type { DeviceError } from './errors'
import { SCOPE, STATION, type TestServer } from './testing/server'
import { Clock, enrolled, household, PASSWORD, restarted, startServer } from './testing/phones'

/** A phone with a storage of its own, as another browser has. */
class Person {
  private storage = new IDBFactory()
  device!: Device & { fieldCode?: string }
  fieldCode = ''
  constructor(
    private readonly server: TestServer,
    readonly clock = new Clock(),
  ) {}

  async do<T>(work: (device: Device) => Promise<T>): Promise<T> {
    globalThis.indexedDB = this.storage
    return work(this.device)
  }
  async enrol(): Promise<this> {
    globalThis.indexedDB = this.storage
    const device = await enrolled(this.server, this.clock)
    this.device = device
    this.fieldCode = device.fieldCode
    return this
  }
  async restart(): Promise<void> {
    globalThis.indexedDB = this.storage
    this.device = await restarted(this.server, this.clock)
  }
}

let server: TestServer
let author: Person
let carrier: Person
let file: string

async function codeOf(attempt: Promise<unknown>): Promise<string | null> {
  return attempt.then(() => null, (error: unknown) => (error as DeviceError).code) // prettier-ignore
}
const one = async (person: Person) => (await person.do((device) => device.carry.exportSaves()))[0]!
/** The receipts that a phone carries, as the file it would give on. */
const receiptsOf = (person: Person) => person.do(async (device) => device.carry.fileOf((await device.carry.status()).items.find((item) => item.kind === 'receipts')!.id))
const fates = (person: Person) => person.do(async (device) => (await device.listOwnSaves()).map((save) => save.fate))

beforeEach(async () => {
  server = await startServer()
  author = await new Person(server).enrol()
  carrier = await new Person(server).enrol()
  file = await author.do(async (device) => (await device.createFile('household', SCOPE, household('单水生'))).fileId)
  await author.do(async (device) => device.save(await device.openFile(file), [{ op: 'set', path: 'phone', value: '19900002222' }]))
})

describe('a save in somebody\'s pocket', () => {
  it('arrives, and its author\'s outbox empties by the receipt that came back', async () => {
    const packed = await one(author)
    expect(packed.saves).toHaveLength(2)
    await author.do((device) => device.carry.noteHanded(packed.saves))
    expect(await author.do((device) => device.carry.status())).toMatchObject({ saves: 2, handed: 2, handedAt: author.clock.at })
    expect(await carrier.do((device) => device.carry.take(packed.bytes))).toEqual({ kind: 'saves', isNew: true })
    expect(server.log).toHaveLength(0)

    carrier.clock.pass(1000)
    await carrier.do((device) => device.syncNow())
    expect(server.log.map((logged) => logged.verdict.status)).toEqual(['accepted', 'accepted'])
    const items = await carrier.do(async (device) => (await device.carry.status()).items)
    expect(items.map(({ kind, state, mine, others }) => ({ kind, state, mine, others }))).toEqual([
      { kind: 'receipts', state: 'waiting', mine: false, others: 1 },
      { kind: 'saves', state: 'handed_in', mine: false, others: 0 },
    ])
    expect(await fates(author)).toEqual(['unsent', 'unsent']) // carried and arrived, but nobody told the author yet

    const receipts = await receiptsOf(carrier)
    expect(await author.do((device) => device.carry.take(receipts.bytes))).toEqual({ kind: 'receipts', isNew: true, decided: 2, waits: false, others: 0 })
    expect(await fates(author)).toEqual(['accepted', 'accepted'])
    expect(await author.do(async (device) => [device.sync.unsentCount, (await device.carry.status()).handed])).toEqual([0, 0])
    expect(await author.do(async (device) => (await device.openFile(file)).history.map((entry) => entry.position))).toEqual([2, 1])
  })

  it('may be carried and received twice, and go up by itself meanwhile', async () => {
    const packed = await one(author)
    expect(await carrier.do((device) => device.carry.take(packed.bytes))).toMatchObject({ isNew: true })
    expect(await carrier.do((device) => device.carry.take(packed.bytes))).toMatchObject({ isNew: false })
    await carrier.do((device) => device.syncNow())
    expect(await carrier.do((device) => device.carry.take(packed.bytes))).toMatchObject({ isNew: false })
    const second = await one(author) // sealed anew: other bytes, the same saves
    await carrier.do((device) => device.carry.take(second.bytes))
    await carrier.do((device) => device.syncNow())
    await author.do((device) => device.syncNow())
    expect(server.log).toHaveLength(2)
    const receipts = await receiptsOf(carrier)
    expect(await author.do((device) => device.carry.take(receipts.bytes))).toMatchObject({ decided: 0 })
    expect(await fates(author)).toEqual(['accepted', 'accepted'])
  })

  it('is exported and kept with everything closed; the receipt is read at the next full unlock', async () => {
    await author.do((device) => device.lock())
    const packed = await one(author)
    await carrier.do((device) => device.lock())
    await carrier.do((device) => device.carry.take(packed.bytes))
    await carrier.do((device) => device.syncNow()) // an upload session is enough
    expect(server.log).toHaveLength(2)
    const receipts = await receiptsOf(carrier)
    await author.restart()
    expect(await author.do((device) => device.carry.take(receipts.bytes))).toEqual({ kind: 'receipts', isNew: true, decided: 0, waits: true, others: 0 })
    server.mishaps.push('dead', 'dead', 'dead')
    await author.do(async (device) => device.unlockWithFieldCode((await device.listHolders())[0]!.personId, author.fieldCode))
    expect(await fates(author)).toEqual(['accepted', 'accepted'])
  })

  it('travels as text and as pictures in any order', async () => {
    const packed = await one(author)
    const text = new TextEncoder().encode(toText(packed.bytes, '请交给有网的同事').replace(/\n/g, '\r\n'))
    expect(await carrier.do((device) => device.carry.take(text))).toEqual({ kind: 'saves', isNew: true })
    const collector = new FrameCollector()
    const frames = toFrames(packed.bytes).reverse()
    const whole = [...frames.slice(1), ...frames].map((frame) => collector.take(frame)).find(Boolean)
    expect(await carrier.do((device) => device.carry.take(whole!))).toEqual({ kind: 'saves', isNew: false })
  })

  it('of a returned save is made again from its open file, and what waits is asked for', async () => {
    server.judge = () => 'returned'
    await author.do((device) => device.syncNow())
    server.judge = () => 'held'
    const held = await author.do(async (device) => device.save(await device.openFile(file), [{ op: 'set', path: 'phone', value: '19900003333' }]))
    await author.do((device) => device.syncNow())
    const [returned] = await author.do(async (device) => (await device.listOwnSaves()).filter((save) => save.fate === 'returned'))
    expect((await one(author)).saves).toEqual([held])
    const [chosen] = await author.do((device) => device.carry.exportSaves([returned!.changeId]))
    expect(chosen!.saves).toEqual([returned!.changeId])
    await carrier.do((device) => device.carry.take(chosen!.bytes))
    await carrier.do((device) => device.syncNow())
    expect((await carrier.do((device) => device.carry.status())).items.map((item) => item.state)).toContain('handed_in')
  })
})

describe('what was held', () => {
  it('is told by receipts that the carrier fetches again', async () => {
    server.judge = () => 'held'
    await carrier.do(async (device) => device.carry.take((await one(author)).bytes))
    await carrier.do((device) => device.syncNow())
    await author.do(async (device) => device.carry.take((await receiptsOf(carrier)).bytes))
    expect(await fates(author)).toEqual(['held', 'held'])
    for (const { envelope, change } of [...server.log]) await server.decide(envelope, change, 'accepted')
    const handed = (await carrier.do((device) => device.carry.status())).items.find((item) => item.state === 'handed_in')!
    const before = (await carrier.do((device) => device.carry.status())).items.length
    carrier.clock.pass(1000)
    expect(await carrier.do((device) => device.carry.renewReceipts(handed.id))).toBe(true)
    expect((await carrier.do((device) => device.carry.status())).items).toHaveLength(before + 1)
    await author.do(async (device) => device.carry.take((await receiptsOf(carrier)).bytes))
    expect(await fates(author)).toEqual(['accepted', 'accepted'])
  })
})

describe('nothing is believed and nothing lost', () => {
  it('by a receipt that the server did not sign', async () => {
    server.forge = true
    const packed = await one(author)
    await carrier.do((device) => device.carry.take(packed.bytes))
    await carrier.do((device) => device.syncNow())
    const receipts = await receiptsOf(carrier)
    expect(await author.do((device) => device.carry.take(receipts.bytes))).toMatchObject({ kind: 'receipts', decided: 0 })
    expect(await fates(author)).toEqual(['unsent', 'unsent'])
  })

  it('by a damaged, foreign or strange file', async () => {
    const { bytes } = await one(author)
    const at = (place: number, value: number) => Uint8Array.from(bytes, (byte, index) => (index === place ? value : byte))
    const elsewhere = pack('saves', unpack(bytes).deployment, '06'.repeat(16), unpack(bytes).payload)
    const broken = pack('receipts', unpack(bytes).deployment, STATION, new Uint8Array(10))
    for (const [content, code] of [
      [bytes.slice(0, -1), 'bundle_damaged'],
      [at(90, bytes[90]! ^ 1), 'bundle_damaged'],
      [at(8, 9), 'bundle_newer'],
      [elsewhere, 'bundle_elsewhere'],
      [broken, 'bundle_content'],
      [new TextEncoder().encode('您好'), 'not_a_bundle'],
      [new Uint8Array(3_000_000), 'bundle_too_large'],
    ] as const) {
      expect(await codeOf(carrier.do((device) => device.carry.take(content)))).toBe(code)
    }
    expect((await carrier.do((device) => device.carry.status())).items).toEqual([])
  })

  it('when the network dies, the portal answers or the reply is lost: it is handed in again', async () => {
    const packed = await one(author)
    await carrier.do((device) => device.carry.take(packed.bytes))
    await carrier.do((device) => device.lock())
    for (const mishap of ['dead', 'portal', 'lost_reply'] as const) {
      server.mishaps.push(...(['health', 'bundle'].map((_, turn) => (turn === 1 ? mishap : undefined)) as never[]))
      await carrier.do((device) => device.syncNow())
      expect((await carrier.do((device) => device.carry.status())).items.map((item) => item.state)).toEqual(['waiting'])
    }
    await carrier.do((device) => device.syncNow())
    expect((await carrier.do((device) => device.carry.status())).items.map((item) => item.state).sort()).toEqual(['handed_in', 'waiting'])
    expect(server.log).toHaveLength(2)
  })

  it('when the server refuses one: the next goes in, the refused stays to be seen', async () => {
    const bad = pack('saves', unpack((await one(author)).bytes).deployment, STATION, new Uint8Array(200))
    await carrier.do((device) => device.carry.take(bad))
    carrier.clock.pass(1000)
    await carrier.do(async (device) => device.carry.take((await one(author)).bytes))
    await carrier.do((device) => device.syncNow())
    const { items } = await carrier.do((device) => device.carry.status())
    expect(items.filter((item) => item.kind === 'saves').map(({ state, code }) => [state, code])).toEqual([['handed_in', null], ['refused', 'bundle_sealed']])
    expect(server.log).toHaveLength(2)
  })

  it('when more is carried than a phone holds', async () => {
    const { deployment } = unpack((await one(author)).bytes)
    const parcel = (luck: number) => pack('saves', deployment, STATION, new Uint8Array(1_000_000).fill(luck))
    for (let luck = 0; luck < 16; luck++) await carrier.do((device) => device.carry.take(parcel(luck)))
    expect(await codeOf(carrier.do((device) => device.carry.take(parcel(99))))).toBe('carry_full')
    const [first] = (await carrier.do((device) => device.carry.status())).items
    await carrier.do((device) => device.carry.drop(first!.id))
    expect(await carrier.do((device) => device.carry.take(parcel(99)))).toEqual({ kind: 'saves', isNew: true })
  })

  it('by signing out: it is refused while bundles of others wait', async () => {
    await carrier.do(async (device) => device.carry.take((await one(author)).bytes))
    const { personId } = (await carrier.do((device) => device.listHolders()))[0]!
    expect(await codeOf(carrier.do((device) => device.signOut(personId)))).toBe('carrying')
    await carrier.do((device) => device.syncNow())
    expect(await codeOf(carrier.do((device) => device.signOut(personId)))).toBe(null)
  })

  it('in a phone that is closed and opened again between', async () => {
    const packed = await one(author)
    await carrier.do((device) => device.carry.take(packed.bytes))
    await carrier.restart()
    await carrier.do(async (device) => device.unlockWithPassword((await device.listHolders())[0]!.personId, PASSWORD))
    await carrier.do((device) => device.syncNow())
    expect(server.log).toHaveLength(2)
  })
})
