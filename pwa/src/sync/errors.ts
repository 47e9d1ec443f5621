/**
 * The one error of the rules in this folder: a document that cannot be read as what it claims to be.
 * A conflict is a value and never thrown; being offline is not known here at all.
 */
export type SyncErrorCode = 'not_canonical' | 'malformed' | 'bad_signature' | 'wrong_deployment' | 'too_large'

export class SyncError extends Error {
  readonly code: SyncErrorCode
  /** Where in the document, for a developer; holds keys, never a person's values. */
  readonly at: string

  constructor(code: SyncErrorCode, at: string, message?: string) {
    super(message || code + ' at ' + at)
    this.name = 'SyncError'
    this.code = code
    this.at = at
  }
}
