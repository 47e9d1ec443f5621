import { describe, expect, it } from 'vitest'
import type { SyncStatus } from '../device'
import { statusWords } from './status'

const quiet: SyncStatus = { online: true, syncing: false, unsentCount: 0, unsentSince: null, unsentPhotos: 0, returnedCount: 0, renewal: null, restored: null, lastCompleteAt: new Date().setHours(9, 41), problem: null, progress: null }
const since = new Date().setHours(14, 2)

describe('the status line', () => {
  it('says when everything was last uploaded', () => {
    expect(statusWords(quiet, 'main')).toEqual({ kind: 'good', text: '已全部上传 09:41' })
  })

  it('names how many are unsent and since when, offline', () => {
    expect(statusWords({ ...quiet, online: false, unsentCount: 3, unsentSince: since }, 'route')).toEqual({ kind: 'offline', text: '离线 · 3 条未上传(自 14:02)' })
  })

  it('never claims that all is uploaded while something is unsent', () => {
    for (const online of [true, false])
      for (const syncing of [true, false])
        for (const mode of ['locked', 'route', 'main'] as const)
          for (const problem of [null, { code: 'busy', detail: '' }]) {
            const { text, kind } = statusWords({ ...quiet, online, syncing, problem, unsentCount: 2, unsentSince: since }, mode)
            expect(text).toContain('2 条')
            expect(text).not.toContain('已全部上传')
            expect(kind).not.toBe('good')
          }
  })

  it('never claims that all is uploaded while a photo is not', () => {
    for (const online of [true, false])
      for (const mode of ['locked', 'route', 'main'] as const) {
        const { text, kind } = statusWords({ ...quiet, online, unsentPhotos: 2 }, mode)
        expect(text).toContain('2 张照片')
        expect(kind).not.toBe('good')
      }
  })

  it('says in words what keeps it from working, and the detail of codes it does not know', () => {
    expect(statusWords({ ...quiet, problem: { code: 'storage_full', detail: 'x' } }, 'main').text).toContain('手机存满了')
    expect(statusWords({ ...quiet, problem: { code: 'from_a_newer_server', detail: '站里在维护' } }, 'main').text).toContain('站里在维护')
  })
})
