import { describe, expect, test } from 'vitest'
import { makePinyinTable } from '../../build/pinyin-table'
import type { HouseholdSummary } from './contract'
import { readName } from './pinyin'
import { makeHouseholdSearch, type Pace } from './search'

const table = makePinyinTable()

function line(fileId: string, headName: string, facts: Partial<HouseholdSummary> = {}): HouseholdSummary {
  return {
    fileId, headName, memberNames: [headName], phones: [], idTails: [], villageId: null, address: '', categories: [], riskLevel: null, lastVisitOn: null, nextVisitOn: null,
    unsent: 0, conflicts: 0, returned: 0, toDecide: 0, sectionStates: [], updatedAt: 0, onRoute: false, ...facts,
  } // prettier-ignore
}

const households = [
  line('1', '单桂英', { memberNames: ['单桂英', '曾小宝'], phones: ['19900001380'], idTails: ['01002X'], address: '柳湾村 3组 12' }),
  line('2', '尉迟守田', { address: '白鹭村 6组 8' }),
  line('3', '吕绿', { phones: ['19900008812'] }),
  line('4', '钱桂英', { address: '上坪村 1组' }),
]

async function found(query: string): Promise<string[]> {
  const search = makeHouseholdSearch(async () => table)
  await search.ready
  return search.find(households, query).map((household) => household.fileId)
}

describe('search', () => {
  test.each([
    ['桂英', ['1', '4']],
    ['shan', ['1']],
    ['SGY', ['1']],
    ['shanguiying', ['1']],
    ['zxb', ['1']],
    ['yuchi', ['2']],
    ['lvlv', ['3']],
    ['lülü', ['3']],
    ['8812', ['3']],
    ['1380', ['1']],
    ['01002x', ['1']],
    ['０１００２Ｘ', ['1']],
    ['柳湾', ['1']],
    ['桂英 上坪', ['4']],
    ['没有的人', []],
  ])('%s finds %j', async (query, expected) => {
    expect((await found(query)).sort()).toEqual(expected)
  })

  test('whose own name begins with it stands before whose address holds it', async () => {
    const search = makeHouseholdSearch(async () => table)
    await search.ready
    const list = [line('a', '王五', { address: '李家村' }), line('b', '李四')]
    expect(search.find(list, '李').map((household) => household.fileId)).toEqual(['b', 'a'])
  })

  test('an empty query gives the whole list as it stands, and a long result its best fifty', async () => {
    expect(await found(' ')).toEqual(['1', '2', '3', '4'])
    const many = Array.from({ length: 80 }, (_, number) => line(String(number), `王${number}`))
    expect(makeHouseholdSearch(async () => table).find(many, '王').length).toBe(50)
  })

  test('a character beyond the table is searched by itself', () => {
    expect(readName(table, '𠮷田')).toEqual(['𠮷', 'tian'])
    expect(readName(table, '单')).toEqual(['shan'])
  })
})

/** Time passes by one millisecond at each glance at the clock; what goes on later waits for `next`. */
function paced(): Pace & { next: () => boolean; slices: number } {
  let now = 0
  const waiting: (() => void)[] = []
  const pace = {
    slices: 0,
    now: () => (now += 1),
    soon: (work: () => void) => void waiting.push(work),
    atLeisure: (work: () => void) => void waiting.push(work),
    next() {
      const work = waiting.shift()
      pace.slices += work ? 1 : 0
      work?.()
      return work !== undefined
    },
  }
  return pace
}

describe('search over thousands', () => {
  const many = Array.from({ length: 4000 }, (_, number) => line(String(number), number % 7 ? `李${number}` : `王${number}`, { address: number % 3 ? '王家村' : '上坪村', phones: [`1990000${String(number).padStart(4, '0')}`] }))
  const begin = async (): Promise<{ pace: ReturnType<typeof paced>; told: string[][]; type: (query: string) => void; search: ReturnType<typeof makeHouseholdSearch> }> => {
    const pace = paced()
    const search = makeHouseholdSearch(async () => table, pace)
    await search.ready
    const told: string[][] = []
    return { pace, told, search, type: (query) => search.look(many, query, (found) => told.push(found.map((one) => one.fileId))) }
  }

  test('a list that was never searched is read in slices; from then on a key takes two tasks more than its own, one to seek and one to draw', async () => {
    const { pace, told, type } = await begin()
    type('王')
    expect(told).toEqual([])
    while (pace.next());
    expect(pace.slices).toBeGreaterThan(5)
    type('王家')
    expect([pace.next(), told.length, pace.next()]).toEqual([true, 1, true])
    expect(told.map((one) => one.length)).toEqual([many.filter((one) => one.headName?.startsWith('王') || one.address.startsWith('王')).length, many.filter((one) => one.address === '王家村').length])
    expect(pace.next()).toBe(false)
  })

  test('it is read at leisure while nobody types', async () => {
    const { pace, told, type } = await begin()
    type('')
    expect(told).toHaveLength(1)
    while (pace.next());
    type('王')
    expect([pace.next(), pace.next(), pace.next()]).toEqual([true, true, false])
    expect(told).toHaveLength(2)
  })

  test.each(['王', '李', '上坪', '1990000', '19900001', '0012', 'w', 'li', '王 上坪', '没有的人'])('%s finds whoever has each word, the heads that begin with it first, then whose name or number does', async (query) => {
    const { search } = await begin()
    const found = search.find(many, query, many.length)
    const words = query.split(' ')
    const readings = (one: HouseholdSummary): string[] => {
      const syllables = readName(table, one.headName ?? '')
      return [one.headName ?? '', syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')]
    }
    const all = (one: HouseholdSummary): string[] => [...readings(one), ...one.phones, one.address]
    const place = (one: HouseholdSummary): number => (readings(one).some((text) => text.startsWith(words[0]!)) ? 0 : all(one).some((text) => text.startsWith(words[0]!)) ? 1 : 2)
    const expected = many.filter((one) => words.every((word) => all(one).some((text) => text.includes(word))))
    expect(found).toEqual([0, 1, 2].flatMap((rank) => expected.filter((one) => place(one) === rank)))
  })

  test('a further key finds what the whole word would have found, whatever was typed before it', async () => {
    const { search } = await begin()
    const typed = ['1', '19', '199', '1990', '0', '00', '王', '王 ', '王 上', '王 上坪', '王', '家', '家村', '1990000', '19900001', 'l', 'li', 'li0', 'li', '坪', 'w1', 'w']
    for (const query of typed) expect(search.find(many, query, many.length), query).toEqual((await begin()).search.find(many, query, many.length))
  })

  test('a further key ends the look before it: nothing of the old words arrives any more', async () => {
    const { pace, told, type, search } = await begin()
    type('王')
    type('上坪')
    while (pace.next());
    expect(told).toHaveLength(1)
    expect(told[0]).toHaveLength(many.filter((one) => one.address === '上坪村').length)
    type('李')
    pace.next() // sought, not drawn yet
    search.stop()
    while (pace.next());
    expect(told).toHaveLength(1)
    type('李')
    search.stop()
    while (pace.next());
    expect(told).toHaveLength(1)
  })
})
