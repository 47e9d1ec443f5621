/** Drawers: beside each patch a scope of its own for files that few may read (PROTOCOL 18). Mirror of sync/drawers.py. */
import { sha256Hex } from './change'

export const RESTRICTED = 'restricted_record'

/** The drawer beside a patch. */
export function drawerOf(scope: string): string {
  return sha256Hex(`restricted\n${scope}`).slice(0, 32)
}
