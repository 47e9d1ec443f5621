/** What can go wrong with what is stored on this phone. Codes are stable; messages never hold what was stored. */
export type VaultErrorCode =
  | 'wrong_secret' // the PIN, password or field code does not open this key
  | 'pin_used_up' // ten wrong PINs: the route key was dropped
  | 'route_over' // there is no route vault for now
  | 'damaged' // a record does not verify; its id is in `record`
  | 'downgrade' // stored parameters or suite are weaker than this app accepts
  | 'changed_meanwhile' // another tab wrote this file first: read again and repeat
  | 'storage_full'
  | 'carry_full' // more bundles of others than one phone carries
  | 'storage_lost' // the browser closed or cleared the database
  | 'unsupported'
  | 'not_found'

export class VaultError extends Error {
  override readonly name = 'VaultError'
  constructor(
    readonly code: VaultErrorCode,
    readonly record = '',
    readonly remaining?: number,
  ) {
    super(record ? `${code} (${record})` : code)
  }
}
