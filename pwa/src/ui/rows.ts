/** Which rows of a long list are in sight. Heights are guesses until a row has been drawn and measured. */
export interface Window { first: number; last: number; before: number; after: number }

/** Most rows ever drawn at once, whatever a broken measurement says. */
const ROWS_MAX = 60

/**
 * `heights[i]` in px; `top` = px of the list above the viewport; `view` = viewport height in px, clamped by the caller
 * to the window's height. `last` is exclusive; `before` and `after` are the px of the rows left out.
 */
export function visibleRows(heights: readonly number[], top: number, view: number, spare: number): Window {
  let first = 0
  let before = 0
  while (first < heights.length && before + heights[first]! <= top - spare) {
    before += heights[first]!
    first += 1
  }
  let last = first
  let bottom = before
  while (last < heights.length && bottom < top + view + spare && last - first < ROWS_MAX) {
    bottom += heights[last]!
    last += 1
  }
  let after = 0
  for (let i = last; i < heights.length; i += 1) after += heights[i]!
  return { first, last, before, after }
}
