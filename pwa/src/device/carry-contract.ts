/**
 * What a screen may ask about bundles: own saves given to somebody to carry, those of others carried here, receipts on their way
 * back (sync/PROTOCOL.md 10). Works with everything closed; only reading receipts needs the main vault.
 */

/** A bundle as a file: `bytes` are its binary form. `saves`: the own saves in it, for `noteHanded`. */
export interface CarriedFile { id: string; kind: 'saves' | 'receipts'; name: string; bytes: Uint8Array; saves: string[] }

/** A bundle of others, or receipts, that this phone carries or carried. */
export interface CarriedItem {
  id: string
  kind: 'saves' | 'receipts'
  at: number // when it was taken in here
  size: number // bytes
  state: 'waiting' | 'handed_in' | 'refused' | 'taken_in'
  code: string | null // why it was refused
  doneAt: number | null
  mine: boolean // receipts for this device that wait for a full unlock
  others: number // receipts for so many other devices
}

export interface CarryStatus {
  saves: number // own saves without the server's word that a file would hold
  asks: number // own saves that the server has, whose verdict a file would ask for
  handed: number // of both: given to somebody, no receipt yet
  handedAt: number | null // the last time
  recorded: number // recorded with everything closed: a full unlock signs them, then they can be carried
  photos: number // wait for a network: no bundle holds them
  items: CarriedItem[] // newest first
}

/** What a file or a row of pictures turned out to be. */
export type TakenIn =
  | { kind: 'saves'; isNew: boolean } // of somebody: kept, handed in at the next contact
  | { kind: 'receipts'; isNew: boolean; decided: number; waits: boolean; others: number } // `waits`: own ones, for a full unlock

export interface Carry {
  status(): Promise<CarryStatus>
  /** As many files as the caps ask for; none when there is nothing to carry. `changeIds`: these own saves, refused ones too. */
  exportSaves(changeIds?: readonly string[]): Promise<CarriedFile[]>
  /** These were given to somebody. They stay unsent until the server's signed word. */
  noteHanded(saves: readonly string[]): Promise<void>
  /** Takes in a file of either form. Throws `DeviceError` with a code of B-12, or `carry_full`. */
  take(content: Uint8Array): Promise<TakenIn>
  /** A carried bundle to be given on. */
  fileOf(id: string): Promise<CarriedFile>
  /** Online: asks again what became of a bundle that was handed in; what was held may be decided. False: nothing new to carry back. */
  renewReceipts(id: string): Promise<boolean>
  /** Forget it here: its author still has everything. */
  drop(id: string): Promise<void>
}
