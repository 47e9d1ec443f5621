/** Which alarms ring for whoever is in charge, from the lines in memory; and what acknowledging one writes. Pure but for words. */
import type { HouseholdSummary, UnlinkedRecord } from '../../device'
import { t } from '../../i18n'
import type { Operation } from '../../sync/change'

export interface Ringing { file: string; crisis: string | null; where: string; foundAt: number; reportedAt: number | null; raisedBy: string; href: string }

const URGENT = ['emergency']
const MINUTE = 60_000

/** The oldest first. One's own do not ring: whoever raised it knows. */
export function alarmsOf(households: readonly HouseholdSummary[], records: readonly UnlinkedRecord[], me: string): Ringing[] {
  const found: Ringing[] = []
  for (const household of households) {
    for (const one of household.alarms ?? []) {
      if (one.seen || one.raisedBy === me) continue
      const where = [household.address, household.headName].filter(Boolean).join(' ')
      found.push({ file: household.fileId, crisis: one.id, where, foundAt: one.foundAt, reportedAt: one.reportedAt, raisedBy: one.raisedBy, href: `/households/${household.fileId}/records/crisis/${one.id}` })
    }
  }
  for (const record of records) {
    if (record.seen || URGENT.indexOf(String(record.values['urgency'] ?? '')) < 0) continue
    found.push({ file: record.fileId, crisis: null, where: [record.villageName, record.personName].filter(Boolean).join(' '), foundAt: record.at, reportedAt: null, raisedBy: '', href: `/record?link=${record.fileId}` })
  }
  return found.sort((a, b) => a.foundAt - b.foundAt)
}

/** "4 分钟后报告": how long it took from finding to report, where a report was noted. */
export function sayMinutes(one: Pick<Ringing, 'foundAt' | 'reportedAt'>): string {
  return one.reportedAt === null ? t('danger.unreported') : t('danger.minutes', { minutes: Math.max(0, Math.floor((one.reportedAt - one.foundAt) / MINUTE)) })
}

export function seenOperations(one: Pick<Ringing, 'crisis'>, me: string, at: number): Operation[] {
  const path = one.crisis ? `crises/${one.crisis}/` : ''
  return [
    { op: 'add', path: `${path}seen_by`, value: me },
    { op: 'set', path: `${path}seen_at`, value: at },
  ]
}
