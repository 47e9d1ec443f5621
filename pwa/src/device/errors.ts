/**
 * What the phone answers when it cannot do what a screen asked. `code` is stable (screens translate it), `detail` is for
 * the log and the curious; neither holds personal data.
 */
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
  | 'changed_meanwhile' // another tab saved to this file since the form was opened
  | 'lease_over' // no contact for too long: recording works, opening does not
  | 'storage_full'
  | 'downgrade' // stored parameters are weaker than what this phone accepted before
  | 'wechat' // an in-app browser that loses its data
  | 'unsupported' // this browser lacks what the vault needs
  | 'not_allowed'
  | 'invalid'

export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  constructor(
    readonly code: DeviceErrorCode,
    readonly detail = '',
    readonly facts: { remaining?: number; until?: number; field?: string } = {},
  ) {
    super(detail ? `${code}: ${detail}` : code)
  }
}
