/** Until when somebody in a household is under 18, by what is written; mirror of the server's `find_minors`. Pure. */
import { listMembers, text } from './people'
import type { FoldedLike } from './shapes'

const ADULT_YEARS = 18

/** The day on which the youngest comes of age (`YYYY-MM-DD`): before it the file is a minor's. null: nobody is known to be under 18 ever. */
export function minorUntil(state: FoldedLike): string | null {
  let last: string | null = null
  for (const member of listMembers(state)) {
    const until = comesOfAge(member.bornOn, member.values['age_told'])
    if (until && (!last || until > last)) last = until
  }
  return last
}

function comesOfAge(born: string | null, told: unknown): string | null {
  if (born && /^\d{4}/.test(born)) {
    // `YYYY` or `YYYY-MM` is taken at its end: surely 18 only when the last day of it is 18 years past.
    const whole = born.length < 10 ? born + '-12-31'.slice(born.length - 4) : born
    return `${String(Number(whole.slice(0, 4)) + ADULT_YEARS).padStart(4, '0')}${whole.slice(4)}`
  }
  const { years, on } = (told ?? {}) as { years?: unknown; on?: unknown }
  return typeof years === 'number' && /^\d{4}/.test(text(on)) ? `${Number(text(on).slice(0, 4)) + ADULT_YEARS - years}-01-01` : null
}
