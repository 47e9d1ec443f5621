/**
 * A draft keeps what its author saw. Taken up again over a newer state, it is saved on the base of the form in which it was
 * typed: what came meanwhile was not seen by then and is not replaced.
 */
import type { FileView } from './contract'

export type Seen = Pick<FileView, 'base' | 'seen'>

/** What a draft keeps of the file that its form showed. */
export function seenIn(view: FileView): Seen {
  return { base: view.base, seen: view.seen }
}

/** The view to save with: as it is shown now, on the base that the draft was begun on. Older drafts know none. */
export function asSeen(view: FileView, kept: Partial<Seen> | null | undefined): FileView {
  return kept?.base ? { ...view, base: kept.base, seen: kept.seen ?? null } : view
}
