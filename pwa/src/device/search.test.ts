import { describe, expect, test } from 'vitest'
import { makePinyinTable } from '../../build/pinyin-table'
import type { HouseholdSummary } from './contract'
import { readName } from './pinyin'
import { makeHouseholdSearch, type Found, type Pace } from './search'

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

/** Time passes by one millisecond at each glance at the clock; what waits for a frame waits for `next`. */
function paced(): Pace & { next: () => boolean; frames: number } {
  let now = 0
  const waiting: (() => void)[] = []
  const pace = {
    frames: 0,
    now: () => (now += 1),
    afterFrame: (work: () => void) => void waiting.push(work),
    atLeisure: () => undefined,
    next() {
      const work = waiting.shift()
      pace.frames += work ? 1 : 0
      work?.()
      return work !== undefined
    },
  }
  return pace
}

async function looked(list: HouseholdSummary[], ...queries: string[]): Promise<{ told: Found[]; pace: ReturnType<typeof paced> }> {
  const pace = paced()
  const search = makeHouseholdSearch(async () => table, pace)
  await search.ready
  const told: Found[] = []
  for (const query of queries) {
    told.length = 0
    search.look(list, query, (found) => told.push(found))
    if (query === queries[queries.length - 1]) while (pace.next());
  }
  return { told, pace }
}

const ids = (found: Found | undefined): string[] => (found?.households ?? []).map((one) => one.fileId)

describe('search in slices', () => {
  const many = Array.from({ length: 4000 }, (_, number) => line(String(number), number % 7 ? `李${number}` : `王${number}`, { address: number % 3 ? '王家村' : '上坪村', phones: [`1990000${String(number).padStart(4, '0')}`] }))

  test('the first screenful comes at once and is how the whole begins; the whole comes in later frames', async () => {
    const { told, pace } = await looked(many, '王')
    expect(told.map((one) => one.isWhole)).toEqual([false, true])
    expect(told[0]!.households.length).toBeGreaterThanOrEqual(12)
    expect(ids(told[1]).slice(0, told[0]!.households.length)).toEqual(ids(told[0]))
    expect(pace.frames).toBeGreaterThan(1)
    expect(new Set(ids(told[1])).size).toBe(many.filter((one) => one.headName.startsWith('王') || one.address.startsWith('王')).length)
  })

  test.each(['王', '李', '上坪', '1990000', '19900001', '0012', 'w', 'li', '王 上坪', '没有的人'])('%s gives in slices what it gives in one go, typed letter by letter too', async (query) => {
    const search = makeHouseholdSearch(async () => table)
    await search.ready
    const whole = search.find(many, query, many.length).map((one) => one.fileId)
    const letters = Array.from(query, (_, length) => query.slice(0, length + 1))
    for (const typed of [[query], letters]) {
      const { told } = await looked(many, ...typed)
      expect(told[told.length - 1]!.isWhole).toBe(true)
      expect(ids(told[told.length - 1])).toEqual(whole)
    }
  })

  test('a further key ends the look before it: nothing of the old words arrives any more', async () => {
    const pace = paced()
    const search = makeHouseholdSearch(async () => table, pace)
    await search.ready
    const told: string[] = []
    search.look(many, '王', (found) => told.push(`王 ${found.isWhole}`))
    search.look(many, '上坪', (found) => told.push(`上坪 ${found.isWhole}`))
    while (pace.next());
    expect(told).toEqual(['王 false', '上坪 false', '上坪 true'])
    search.look(many, '李', (found) => told.push(`李 ${found.isWhole}`))
    search.stop()
    while (pace.next());
    expect(told[told.length - 1]).toBe('李 false')
  })
})
