/**
 * The one error of the rules in this folder: a document that cannot be read as what it claims to be.
 * A conflict is a value and never thrown; being offline is not known here at all. Codes are those of `sync/errors.py`.
 */
export type SyncErrorCode = 'not_canonical' | 'malformed' | 'too_large' | 'bad_signature' | 'wrong_deployment' | 'bad_rules' | 'log_behind' | 'log_differs' | 'handover_wrong'

export class SyncError extends Error {
  readonly code: SyncErrorCode
  /** The place in the document, for a developer; it holds keys, never what a person typed. */
  readonly path: string

  constructor(code: SyncErrorCode, path: string, detail: string) {
    super(detail)
    this.name = 'SyncError'
    this.code = code
    this.path = path
  }
}
