/** What may stand on the screen now: a pure decision over the route, the open vault and who is enrolled here. */
import type { Device, OpenMode } from '../device'
import type { Place } from './router'

export type Gate =
  | { kind: 'show' }
  | { kind: 'instead'; feature: 'unlock' | 'enrol' } // the address stays: after opening, the wanted page stands there
  | { kind: 'closed'; reason: 'main_needed' | 'not_on_route' }
  | { kind: 'unknown' }

export function gate(place: Place, mode: OpenMode, route: readonly string[], holderCount: number): Gate {
  if (!place.route) return { kind: 'unknown' }
  if (place.route.opens === 'any') return { kind: 'show' }
  if (mode === 'locked') return { kind: 'instead', feature: holderCount === 0 ? 'enrol' : 'unlock' }
  if (mode === 'main') return { kind: 'show' }
  if (place.route.opens === 'main') return { kind: 'closed', reason: 'main_needed' }
  if (place.params.id && !route.includes(place.params.id)) return { kind: 'closed', reason: 'not_on_route' }
  return { kind: 'show' }
}

/** The server reads nothing to this phone until its password was changed; without a network it goes on as it is. */
export function isPasswordOld(device: Pick<Device, 'mode' | 'sync'>): boolean {
  return device.mode === 'main' && device.sync.online && device.sync.problem?.code === 'password_expired'
}
