import { describe, expect, it } from 'vitest'
import { mayConfirm, type Recovery, type Role } from './api'

const NOW = 1_795_000_000_000
const asked = (facts: Partial<Recovery> = {}): Recovery => ({ recovery_id: 'r', person_id: 'heir', duty: 'deputy', reason: '', asked_by: 'system', asked_at: NOW, expires_at: NOW + 1, confirmed_by: null, confirmed_at: null, ...facts })
const roleOf = (person: string): Role | undefined => ({ system: 'system', other: 'system', security: 'security', audit: 'audit' })[person] as Role | undefined

describe('a takeover', () => {
  it('is confirmed by the administrator of the other kind, in time, once', () => {
    expect(mayConfirm(asked(), 'security', 'security', roleOf, NOW)).toBe(true)
    expect(mayConfirm(asked(), 'system', 'system', roleOf, NOW)).toBe(false)
    expect(mayConfirm(asked(), 'system', 'other', roleOf, NOW)).toBe(false)
    expect(mayConfirm(asked(), 'audit', 'audit', roleOf, NOW)).toBe(false)
    expect(mayConfirm(asked(), null, 'worker', roleOf, NOW)).toBe(false)
    expect(mayConfirm(asked({ expires_at: NOW }), 'security', 'security', roleOf, NOW)).toBe(false)
    expect(mayConfirm(asked({ confirmed_at: NOW }), 'security', 'security', roleOf, NOW)).toBe(false)
  })
})
