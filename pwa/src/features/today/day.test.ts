import { describe, expect, it } from 'vitest'
import type { HouseholdSummary } from '../../device'
import { isDue, listDue, moved, proposeRoute } from './day'

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
