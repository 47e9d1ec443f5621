/** The status line's words: always true, never "all uploaded" while something is unsent. Pure, so that it can be proved. */
import type { OpenMode, SyncStatus } from '../device'
import { t, hasWords } from '../i18n'
import { sayWhen } from '../i18n/dates'

export interface StatusWords {
  kind: 'good' | 'busy' | 'waiting' | 'offline' | 'bad'
  text: string
}

export function sayProblem(problem: { code: string; detail: string }): string {
  const key = `shell.error_${problem.code}`
  return hasWords(key) ? t(key) : problem.detail || t('shell.error_unknown')
}

export function statusWords(sync: SyncStatus, mode: OpenMode): StatusWords {
  const count = sync.unsentCount
  const since = sync.unsentSince === null ? '' : sayWhen(sync.unsentSince)
  if (sync.problem && sync.online) {
    const problem = sayProblem(sync.problem)
    return { kind: 'bad', text: count ? t('shell.status_problem', { count, problem }) : t('shell.status_problem_none', { problem }) }
  }
  if (!sync.online) {
    return count
      ? { kind: 'offline', text: t('shell.status_offline_unsent', { count, since }) }
      : { kind: 'offline', text: sync.unsentPhotos ? t('shell.status_offline_photos', { count: sync.unsentPhotos }) : t('shell.status_offline') }
  }
  if (sync.syncing) {
    if (sync.progress) return { kind: 'busy', text: t('shell.status_progress', { ...sync.progress }) }
    return { kind: 'busy', text: count ? t('shell.status_syncing_unsent', { count, since }) : t('shell.status_syncing') }
  }
  if (count) return { kind: 'waiting', text: t(mode === 'locked' ? 'shell.status_sealed' : 'shell.status_unsent', { count, since }) }
  if (sync.unsentPhotos) return { kind: 'waiting', text: t('shell.status_photos', { count: sync.unsentPhotos }) }
  if (mode === 'locked') return { kind: 'good', text: t('shell.status_locked') }
  return {
    kind: 'good',
    text: sync.lastCompleteAt === null ? t('shell.status_all_never') : t('shell.status_all', { at: sayWhen(sync.lastCompleteAt) }),
  }
}
