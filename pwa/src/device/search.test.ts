import { describe, expect, test } from 'vitest'
import { makePinyinTable } from '../../build/pinyin-table'
import type { HouseholdSummary } from './contract'
import { readName } from './pinyin'
import { makeHouseholdSearch } from './search'

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
