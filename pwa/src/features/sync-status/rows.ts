/** Own saves as rows of the sync page: what each did in words, why it stands where it stands, what to do. Pure. */
import type { OwnSave } from '../../device'
import { hasWords, t } from '../../i18n'

export type Todo = 'nothing' | 'wait' | 'open' | 'amend'

export interface SaveRow {
  save: OwnSave
  what: string
  fate: string
  tone: 'plain' | 'good' | 'warn' | 'danger'
  reasons: string[]
  todo: Todo
}

/** Undecided or refused and not put away: what the person should know of. */
export function needsAttention(save: OwnSave): boolean {
  return !save.dismissed && save.fate !== 'accepted'
}

function what(save: OwnSave): string {
  if (save.act !== 'save') return t(`sync-status.act_${save.act}`)
  const appended = save.ops.find((op) => op.op === 'append')
  if (appended) {
    const key = `sync-status.new_${appended.path}`
    return hasWords(key) ? t(key) : t('sync-status.act_save')
  }
  const count = save.ops.length
  return t('sync-status.changed', { count })
}

/** A server newer than this app may give a code without words: its own sentence is shown, else the bare code. */
function reason(given: OwnSave['reasons'][number]): string {
  if (given.say) return given.say
  const key = `sync-status.reason_${given.code}`
  return hasWords(key) ? t(key) : t('sync-status.reason_other', { code: given.code })
}

const TONES = { unsent: 'plain', sent: 'plain', accepted: 'good', held: 'plain', quarantined: 'warn', returned: 'danger', declined: 'danger' } as const
const TODOS: Record<OwnSave['fate'], Todo> = { unsent: 'wait', sent: 'wait', accepted: 'nothing', held: 'wait', quarantined: 'wait', returned: 'amend', declined: 'open' }

export function saveRow(save: OwnSave): SaveRow {
  return {
    save,
    what: what(save),
    fate: t(`shell.fate_${save.fate}`),
    tone: TONES[save.fate],
    reasons: save.reasons.map(reason),
    todo: TODOS[save.fate],
  }
}
