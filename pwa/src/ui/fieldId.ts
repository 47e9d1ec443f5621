/** Ids that tie labels, hints and errors to their control. Only unique on the page, never stored. */
let last = 0

export function useFieldId(): string {
  last += 1
  return `y${last}`
}
