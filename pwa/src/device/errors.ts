/**
 * What the phone answers when it cannot do what a screen asked. `code` is stable (screens translate it), `detail` is for
 * the log and the curious; neither holds personal data.
 */
import { NoAnswer, Problem } from '../api'
import { SyncError } from '../sync/errors'
import { VaultError } from '../vault/errors'

export type DeviceErrorCode =
  | 'locked' // the main vault is closed, or the route does not hold this file
  | 'wrong_secret' // password, PIN or field code does not open the vault; `remaining` tries when known
  | 'pin_used_up' // ten wrong PINs: the route key is gone until the next full unlock
  | 'route_over' // the route vault's day has ended
  | 'waits' // too many wrong passwords: `until`
  | 'share_gone' // the server's half of the password key is destroyed: field code or new enrolment
  | 'offline' // needs an answer from the server and there is none
  | 'not_found' // no such file or photo on this phone
  | 'damaged' // a stored record does not verify; it is fetched again when online
  | 'unsent' // refused while something is not sent yet
  | 'carrying' // refused while bundles of others wait here to be handed in
  | 'changed_meanwhile' // another tab saved to this file since the form was opened
  | 'lease_over' // no contact for too long: recording works, opening does not
  | 'storage_full'
  | 'downgrade' // stored parameters are weaker than what this phone accepted before
  | 'wechat' // an in-app browser that loses its data
  | 'unsupported' // this browser lacks what the vault needs
  | 'not_allowed'
  | 'invalid'
  | 'failed' // something unforeseen

export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  constructor(
    /** One of the above, or a code of the server's own catalogue. */
    readonly code: DeviceErrorCode | (string & {}),
    readonly detail = '',
    readonly facts: { remaining?: number; until?: number; field?: string } = {},
    /** The server's own words for the person, when it was the server that said no. */
    readonly say: { zh: string; en: string } | null = null,
  ) {
    super(detail ? `${code}: ${detail}` : code)
  }
}

/** Brings what the rooms below throw into the one form that screens know. */
export function asDeviceError(error: unknown): DeviceError {
  if (error instanceof DeviceError) return error
  if (error instanceof NoAnswer) return new DeviceError('offline', error.reason)
  if (error instanceof VaultError) return new DeviceError(error.code, error.record, { remaining: error.remaining })
  if (error instanceof SyncError) return new DeviceError('invalid', error.path)
  if (error instanceof Problem) return fromProblem(error)
  return Object.assign(new DeviceError('failed', error instanceof Error ? error.name : ''), { cause: error })
}

const OF_THE_SERVER: Record<string, DeviceErrorCode> = { wrong_password: 'wrong_secret', locked: 'waits', share_destroyed: 'share_gone' }

function fromProblem(problem: Problem): DeviceError {
  const facts = { ...problem.facts, ...(problem.field ? { field: problem.field } : {}) }
  return new DeviceError(OF_THE_SERVER[problem.code] ?? problem.code, problem.say.zh, facts, problem.say)
}
