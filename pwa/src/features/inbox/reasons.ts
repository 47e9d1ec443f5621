/** Why the server did not take a change in, in words: its own sentence, ours for a known code, else the code itself. */
import { hasWords, t } from '../../i18n'

export function sayReason(reason: { code: string; say?: string }): string {
  if (reason.say) return reason.say
  for (const key of [`inbox.why_${reason.code}`, `shell.error_${reason.code}`]) if (hasWords(key)) return t(key)
  return reason.code
}
