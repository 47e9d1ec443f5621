/** What screens may ask of who reads what: minors' files without leave, openings and unmaskings on record. All of it works offline. */

/** Leave to work with minors' files of a file or a patch, as the server last told it. */
export interface Grant {
  grant_id: string
  person_id: string
  file: string | null
  scope: string | null
  reason: string
  asked_at: number
  until_at: number
  state: 'asked' | 'approved' | 'declined' | 'ended'
  decided_by: string | null
  decided_at: number | null
}

/** A file that two people erased. `saves`: one's own that had not been sent; `name` is empty where it was no household on this phone. */
export interface ErasedNotice { file: string; name: string; at: number; by: string[]; saves: number; toldAt: number }

export interface Access {
  /** Before a household is shown. True: shown, and the opening is on record. False: a minor's file without leave; a reason comes first. */
  admit(fileId: string): Promise<boolean>
  /** Opens a minor's file without leave until the end of the day: on record with its reason, told to whoever answers for the patch. */
  openAnyway(fileId: string, reason: string): Promise<void>
  /** A covered value was looked at. */
  unmasked(fileId: string): void
  /** The drawer beside a patch: who reads restricted records there; null while the server knows none. */
  drawer(scope: string): Promise<{ id: string; reads: boolean; readers: string[] } | null>
  /** Files of the restricted records about a household that one reads. */
  restricted(household: string): Promise<string[]>
  /** What was erased from this phone and not put away yet. */
  erased(): Promise<ErasedNotice[]>
  putErasedAway(): Promise<void>
  /** One's own grants as this phone knows them. */
  grants(): Promise<Grant[]>
  /** Which build of the app this is, as the server is told. */
  readonly software: string
}
