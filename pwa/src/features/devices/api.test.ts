import { describe, expect, it } from 'vitest'
import { csvOf, inOrder, leaseOf, wipeOf, type EnrolledDevice } from './api'

const DAY_MS = 86_400_000
const NOW = 1_795_000_000_000
const phone = (facts: Partial<EnrolledDevice>): EnrolledDevice => ({
  replica: 'a'.repeat(32), person_id: 'b'.repeat(32), person_name: '林小满', label: '', enrolled_at: 1, revoked_at: null, order_at: null, wiped_at: null,
  lease_until: null, last_contact_at: null, unsent_count: null, unsent_since: null, software: null, forks: 0, ...facts,
}) // prettier-ignore

describe('a phone on the list', () => {
  it('is told of two days before its lease ends', () => {
    expect(leaseOf(phone({ lease_until: NOW + 3 * DAY_MS }), NOW)).toBe('fine')
    expect(leaseOf(phone({ lease_until: NOW + 2 * DAY_MS }), NOW)).toBe('soon')
    expect(leaseOf(phone({ lease_until: NOW }), NOW)).toBe('over')
    expect(leaseOf(phone({}), NOW)).toBe('fine')
  })
  it('shows how far its wipe order came', () => {
    expect([{}, { revoked_at: 1 }, { revoked_at: 1, order_at: 2 }, { revoked_at: 1, order_at: 2, wiped_at: 3 }].map((facts) => wipeOf(phone(facts)))).toEqual(['none', 'asked', 'fetched', 'obeyed'])
  })
  it('comes first where somebody must act: revoked and not wiped, then unsent, then long out of contact', () => {
    const list = [phone({ replica: 'wiped', revoked_at: 1, wiped_at: 2 }), phone({ replica: 'fresh', last_contact_at: 9 }), phone({ replica: 'quiet', last_contact_at: 1 }), phone({ replica: 'unsent', unsent_count: 2, last_contact_at: 9 }), phone({ replica: 'revoked', revoked_at: 1 })]
    expect(inOrder(list).map((one) => one.replica)).toEqual(['revoked', 'unsent', 'quiet', 'fresh', 'wiped'])
  })
})

describe('the list for the duty to notify', () => {
  it('is text to a spreadsheet, whatever somebody was called', () => {
    const text = csvOf([['姓名', '住址'], ['=cmd|calc', '+1'], ['说"好"', '-@']])
    expect(text).toBe('\uFEFF"姓名","住址"\r\n"\'=cmd|calc","\'+1"\r\n"说""好""","\'-@"\r\n')
  })
})
