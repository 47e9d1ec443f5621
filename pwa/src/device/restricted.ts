/** Restricted records on this phone: which of them one reads, and who else. */
import { RESTRICTED, type Line } from './entries'
import type { Phone } from './phone'
import type { Drawer } from './policy'

/** Files of the records about a household that one reads. */
export function listRestricted(phone: Phone, household: string): string[] {
  const entries = phone.vault?.entries ?? []
  return entries.filter((entry) => entry.kind === RESTRICTED && (entry.line as Line).restricted?.household === household).map((entry) => entry.file)
}

/** The drawer beside a patch, as the policy tells of it; null from a server that knows none. */
export function findDrawer(phone: Phone, scope: string): Drawer | null {
  return phone.policy?.drawers?.find((one) => one.of === scope) ?? null
}
