/** What a vault remembers of how hard its key copies are to open; whoever puts an easier copy there is noticed at the next opening. */
import { VaultError } from './errors'
import type { MainKeyRow } from './rows'
import type { MainSecrets, Strength, Work } from './secrets'
import { checkFloor, currentSuite } from './suite'

const workOf = ({ m_kib, t, p }: Work): Work => ({ m_kib, t, p })

export function strengthOf(row: MainKeyRow): Strength {
  return { suite: currentSuite(), password: row.password && workOf(row.password.kdf), field_code: workOf(row.field_code.kdf) }
}

/** Throws `downgrade` for a copy that takes less work, or an older suite, than the vault had. */
export function checkStrength(row: MainKeyRow, { strength }: MainSecrets): void {
  if (!strength) return // a vault of before this was remembered
  checkFloor(strength.suite)
  const weaker = (has: Work, had: Work | null): boolean => had !== null && (has.m_kib < had.m_kib || has.t < had.t || has.p !== had.p)
  const copies = [row.password?.wrapped, row.field_code.wrapped, row.authenticator?.wrapped]
  const isWeaker = (row.password !== null && weaker(row.password.kdf, strength.password)) || weaker(row.field_code.kdf, strength.field_code)
  if (isWeaker || copies.some((copy) => copy && copy.suite < strength.suite)) throw new VaultError('downgrade', 'strength')
}
