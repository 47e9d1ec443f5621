import { describe, expect, it } from 'vitest'
import type { HouseholdSummary } from '../../device'
import { isDue, listDue, metresBetween, metresTo, moved, nearestFirst, proposeRoute } from './day'

const TODAY = '2026-11-22'
let made = 0
function household(facts: Partial<HouseholdSummary>): HouseholdSummary {
  made += 1
  return {
    fileId: String(made).padStart(32, '0'), headName: `户${made}`, memberNames: [], phones: [], idTails: [], villageId: 'v1', address: `村 ${made}`, categories: [], riskLevel: 'green',
    lastVisitOn: null, nextVisitOn: null, unsent: 0, conflicts: 0, returned: 0, toDecide: 0, sectionStates: [], updatedAt: 0, onRoute: false, ...facts,
  } // prettier-ignore
}

describe('due', () => {
  it('means agreed for today or earlier and not visited since', () => {
    expect(isDue(household({ nextVisitOn: TODAY }), TODAY)).toBe(true)
    expect(isDue(household({ nextVisitOn: '2026-11-23' }), TODAY)).toBe(false)
    expect(isDue(household({ nextVisitOn: null }), TODAY)).toBe(false)
    expect(isDue(household({ nextVisitOn: '2026-12-10', homeOn: '2026-11-02', lastVisitOn: '2026-12-10' }), '2026-12-10')).toBe(true) // a call is no visit
    expect(isDue(household({ nextVisitOn: '2026-12-10', warned: { id: 'w', kind: 'disaster_warning', on: TODAY, dueOn: '2026-12-10' } }), TODAY)).toBe(true)
    expect(isDue(household({ nextVisitOn: '2026-11-01', lastVisitOn: '2026-11-05' }), TODAY)).toBe(false)
    expect(isDue(household({ nextVisitOn: '2026-11-10', lastVisitOn: '2026-11-05' }), TODAY)).toBe(true)
  })

  it('is listed red first, then longest overdue, without what is on the route', () => {
    const late = household({ nextVisitOn: '2026-10-01' })
    const red = household({ nextVisitOn: TODAY, riskLevel: 'red' })
    const taken = household({ nextVisitOn: '2026-09-01' })
    const fresh = household({ nextVisitOn: '2026-11-20' })
    expect(listDue([late, red, taken, fresh], [taken.fileId], TODAY)).toEqual([red, late, fresh])
  })
})

describe('a proposed route', () => {
  it('holds at most twelve, the most urgent and then their neighbours', () => {
    const far = Array.from({ length: 10 }, () => household({ nextVisitOn: '2026-11-20', villageId: 'far' }))
    const near = Array.from({ length: 10 }, () => household({ nextVisitOn: '2026-11-21', villageId: 'near' }))
    const red = household({ nextVisitOn: TODAY, riskLevel: 'red', villageId: 'near' })
    const route = proposeRoute([...far, ...near, red], TODAY)
    expect(route).toHaveLength(12)
    expect(route[0]).toBe(red.fileId)
    expect(new Set(route).size).toBe(12)
  })

  it('takes who comes next when nobody is due, but nobody visited today', () => {
    const soon = household({ nextVisitOn: '2026-11-25' })
    const later = household({ nextVisitOn: '2026-12-25' })
    const done = household({ nextVisitOn: '2026-11-23', lastVisitOn: TODAY })
    expect(proposeRoute([later, soon, done], TODAY)).toEqual([soon.fileId, later.fileId])
  })
})

it('moving a household along the route keeps all of them', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
})

describe('nearest first', () => {
  const at = (lat: number, lng: number, facts: Partial<HouseholdSummary> = {}) => household({ at: [lat, lng], ...facts })
  const [mill, bridge, ridge] = [at(300_000_000, 1_050_000_000), at(300_090_000, 1_050_000_000), at(300_900_000, 1_050_000_000)]

  it('measures a kilometre as a kilometre', () => {
    expect(metresBetween([300_000_000, 1_050_000_000], [300_090_000, 1_050_000_000])).toBe(1002)
    expect(metresBetween([300_000_000, 1_050_000_000], [300_000_000, 1_050_100_000])).toBe(964) // a degree of longitude is shorter here
  })

  it('goes from where one stands always to the nearest next', () => {
    expect(nearestFirst([mill, ridge, bridge], [300_900_100, 1_050_000_000])).toEqual([ridge, bridge, mill])
    expect(nearestFirst([mill, ridge, bridge])).toEqual([mill, bridge, ridge])
    expect(metresTo([mill, bridge], 1)).toBe(1002)
    expect(metresTo([mill, bridge], 0)).toBe(null)
  })

  it('leaves nobody out who has no position: beside the village, else at the end', () => {
    const unknown = household({ villageId: 'elsewhere' })
    const near = household({ villageId: 'ridge' })
    const up = at(300_900_000, 1_050_000_000, { villageId: 'ridge' })
    expect(nearestFirst([mill, unknown, near, up, bridge])).toEqual([mill, bridge, up, near, unknown])
    expect(nearestFirst([unknown, near]).length).toBe(2)
  })

  it('is how a proposed route is walked, the most urgent first', () => {
    const due = (facts: Partial<HouseholdSummary>, lat: number) => at(lat, 1_050_000_000, { nextVisitOn: '2026-11-20', ...facts })
    const red = due({ riskLevel: 'red' }, 300_900_000)
    const [low, high] = [due({ nextVisitOn: '2026-11-01' }, 300_000_000), due({ nextVisitOn: '2026-11-19' }, 300_800_000)]
    expect(proposeRoute([low, high, red], TODAY)).toEqual([red.fileId, high.fileId, low.fileId])
  })
})
