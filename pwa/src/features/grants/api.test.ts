import { describe, expect, it } from 'vitest'
import type { Grant } from '../../device'
import { endOfDay, standingOf, waitingFor } from './api'

const NOW = 1_795_000_000_000
const grant = (facts: Partial<Grant>): Grant => ({ grant_id: 'g', person_id: 'me', file: null, scope: 's', reason: '', asked_at: 1, until_at: NOW + 1, state: 'asked', decided_by: null, decided_at: null, ...facts })

describe('leave for minors’ files', () => {
  it('is over after its end, asked or approved', () => {
    expect(standingOf(grant({ state: 'approved' }), NOW)).toBe('in_force')
    expect(standingOf(grant({ state: 'approved', until_at: NOW }), NOW)).toBe('over')
    expect(standingOf(grant({ until_at: NOW }), NOW)).toBe('over')
    expect(standingOf(grant({ state: 'ended', until_at: NOW }), NOW)).toBe('ended')
  })
  it('never waits for the one who asked', () => {
    expect(waitingFor([grant({}), grant({ grant_id: 'h', person_id: 'other' })], 'me', NOW).map((one) => one.grant_id)).toEqual(['h'])
  })
  it('until a day holds that whole day', () => {
    const end = new Date(endOfDay('2026-11-22'))
    expect([end.getFullYear(), end.getMonth(), end.getDate(), end.getHours(), end.getMinutes()]).toEqual([2026, 10, 22, 23, 59])
  })
})
