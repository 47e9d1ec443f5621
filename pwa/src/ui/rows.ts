/** Which rows of a long list are in sight. Heights are guesses until a row has been drawn and measured. */
export interface Window { first: number; last: number; before: number; after: number }

/** Most rows ever drawn at once, whatever a broken measurement says. */
const ROWS_MAX = 60

export interface Rows {
  count: number
  heightOf: (index: number) => number
  /** What a row that nobody looks at is taken for: thousands below are not asked one by one at each key of a search. */
  guess: number
}

/** `top` = px of the list above the viewport; `view` = its height, clamped by the caller to the window's. `last` is exclusive; `before` and `after` are the px of the rows left out. */
export function visibleRows({ count, heightOf, guess }: Rows, top: number, view: number, spare: number): Window {
  let first = 0
  let before = 0
  while (first < count) {
    const height = heightOf(first)
    if (before + height > top - spare) break
    before += height
    first += 1
  }
  let last = first
  let bottom = before
  while (last < count && bottom < top + view + spare && last - first < ROWS_MAX) {
    bottom += heightOf(last)
    last += 1
  }
  return { first, last, before, after: (count - last) * guess }
}
