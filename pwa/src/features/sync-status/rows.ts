/** Own saves as rows of the sync page: what each did in words, why it stands where it stands, what to do. Pure. */
import type { OwnSave } from '../../device'
import { hasWords, t } from '../../i18n'
import { sayReason } from '../../i18n/reasons'

export type Todo = 'nothing' | 'wait' | 'open' | 'amend'

export interface SaveRow {
  save: OwnSave
  what: string
  fate: string
  tone: 'plain' | 'good' | 'warn' | 'danger'
  reasons: string[] // whose save it waits for, then why
  age: string // '' where nothing waits
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

/** How long it has waited, so that nothing waits unseen; whose it waits for is told beside it. */
function age(save: OwnSave, now: number): string {
  if (save.fate !== 'held' && save.fate !== 'quarantined') return ''
  const hours = Math.max(0, Math.floor((now - (save.receivedAt ?? save.at)) / 3_600_000))
  if (hours < 1) return t('sync-status.age_new')
  return hours < 24 ? t('sync-status.age_hours', { count: hours }) : t('sync-status.age_days', { count: Math.floor(hours / 24) })
}
function waits(save: OwnSave): string[] {
  return save.waitsFor.map((one) => t(one.own ? 'sync-status.waits_own' : one.personName ? 'sync-status.waits_person' : 'sync-status.waits_unknown', { name: one.personName, phone: one.replica.slice(0, 4).toUpperCase() }))
}

const TONES = { unsent: 'plain', sent: 'plain', accepted: 'good', held: 'plain', quarantined: 'warn', returned: 'danger', declined: 'danger' } as const
const NEXT_STEP: Record<OwnSave['fate'], Todo> = { unsent: 'wait', sent: 'wait', accepted: 'nothing', held: 'wait', quarantined: 'wait', returned: 'amend', declined: 'amend' }

export function saveRow(save: OwnSave, now = Date.now()): SaveRow {
  return {
    save,
    what: what(save),
    fate: t(`shell.fate_${save.fate}`),
    tone: TONES[save.fate],
    reasons: [...waits(save), ...save.reasons.map(sayReason)],
    age: age(save, now),
    todo: NEXT_STEP[save.fate],
  }
}
