import { describe, expect, it } from 'vitest'
import { gate, isPasswordOld } from './gate'
import { match, resolve } from './router'

const id = 'a'.repeat(32)

describe('addresses', () => {
  it('lead to their feature with the parts they name', () => {
    expect(resolve(`/households/${id}`).route?.feature).toBe('household')
    expect(resolve(`/households/${id}/assessment`).params).toEqual({ id })
    expect(resolve(`/households/${id}/assessment/${id}`).params).toEqual({ id, aid: id })
    expect(resolve(`/review/${id}/assessments/${id}`).params).toEqual({ fileId: id, section: `assessments/${id}` })
    expect(resolve('/unlock?then=%2Fme').query).toEqual({ then: '/me' })
  })

  it('that exist nowhere, or are damaged, lead nowhere', () => {
    expect(resolve('/households/x/y/z').route).toBeNull()
    expect(resolve('/households/%E0%A4%A').route).toBeNull()
    expect(match('/a/:b', '/a')).toBeNull()
  })
})

describe('the gate', () => {
  const at = (path: string) => resolve(path)

  it('shows locked phones the unlock screen in place, new phones the enrolment', () => {
    expect(gate(at('/households'), 'locked', [], 1)).toEqual({ kind: 'instead', feature: 'unlock' })
    expect(gate(at('/households'), 'locked', [], 0)).toEqual({ kind: 'instead', feature: 'enrol' })
  })

  it('lets the red card, write-only records and the sync page stand while locked', () => {
    for (const path of ['/emergency', '/record', '/sync']) expect(gate(at(path), 'locked', [], 1).kind).toBe('show')
  })

  it('opens only the route to whoever came by PIN', () => {
    const other = 'b'.repeat(32)
    expect(gate(at(`/households/${id}/visit`), 'route', [id], 1).kind).toBe('show')
    expect(gate(at(`/households/${other}`), 'route', [id], 1)).toEqual({ kind: 'closed', reason: 'not_on_route' })
    expect(gate(at('/inbox'), 'route', [id], 1)).toEqual({ kind: 'closed', reason: 'main_needed' })
  })
})

it('a password that is too old stands before everything of the open vault, and only while the server says so', () => {
  const phone = (mode: 'main' | 'route', online: boolean, code: string) => ({ mode, sync: { online, problem: { code, detail: '' } } }) as unknown as Parameters<typeof isPasswordOld>[0]
  expect(isPasswordOld(phone('main', true, 'password_expired'))).toBe(true)
  expect([phone('main', false, 'password_expired'), phone('route', true, 'password_expired'), phone('main', true, 'busy')].map(isPasswordOld)).toEqual([false, false, false])
})
