/** Finding households on the real screen over invented ones: filters that stay, words in notes, what is said of the reach, and taking back. */
import { flushPromises } from '@vue/test-utils'
import type { App } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Device, HouseholdSummary, NotesLook } from '../device'
import { makePracticeDevice } from '../device/practice'
import { NO_FILTERS, passes, readSaved, workersBy } from '../features/households/filters'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 })
const PAGE = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
let running: App | null = null

async function open(device: Device): Promise<void> {
  window.scrollTo = () => undefined
  history.replaceState(null, '', '/households')
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, PAGE)
  await until(() => document.querySelector('.households__row') !== null)
}
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}
const button = (text: string): HTMLElement | undefined => [...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.includes(text))
async function press(text: string): Promise<void> {
  await until(() => button(text) !== undefined)
  button(text)!.click()
  await flushPromises()
}
async function type(selector: string, words: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>(selector)!
  field.value = words
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}
const count = (): string => document.querySelector('.households__count')?.textContent ?? ''
afterEach(() => {
  running?.unmount()
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

describe('the list of households', () => {
  it('keeps a set of filters under a name, uses it after a restart, and takes its removal back', async () => {
    const device = makePracticeDevice('main')
    await open(device)
    await press('更多筛选')
    document.querySelector<HTMLInputElement>('dialog input[type=checkbox]')!.click() // red
    await flushPromises()
    await type('dialog .households__keep input', '红色的户')
    await press('存下')
    const filtered = count()
    expect(filtered).not.toContain('显示 30 户')
    running?.unmount()

    await open(device)
    expect(count()).toContain('显示 30 户')
    await press('红色的户')
    expect(count().replace('删掉这个筛选', '')).toBe(filtered.replace('删掉这个筛选', ''))
    await press('删掉这个筛选')
    expect(await device.loadDraft('filters:households')).toBeNull()
    await press('撤销')
    expect(readSaved(await device.loadDraft('filters:households')).map((one) => one.name)).toEqual(['红色的户'])
  })

  it('draws no row that the keyboard covers, and all in sight once it is gone', async () => {
    const rows = (): number => document.querySelectorAll('.households__row').length
    const seen = Object.assign(new EventTarget(), { offsetTop: 0, height: window.innerHeight })
    vi.stubGlobal('visualViewport', seen)
    await open(makePracticeDevice('main'))
    await until(() => rows() > 6)
    const all = rows()
    const change = (height: number): void => {
      seen.height = height
      seen.dispatchEvent(new Event('resize'))
    }
    change(200)
    await until(() => rows() < all - 3)
    change(window.innerHeight)
    await until(() => rows() >= all)
  })

  it('finds words that stand in a note, says where and not what, and says which households it looked at', async () => {
    const device = makePracticeDevice('main')
    const [first] = device.households as [HouseholdSummary]
    await device.save(await device.openFile(first.fileId), [{ op: 'append', path: 'visits', id: device.newId(), value: { visited_on: '2026-11-20', method: 'home', outcome: 'met', observation: '灶台边堆着松针' } }])
    await open(device)
    await type('.y-page__under input', '松针')
    await until(() => document.querySelector('[data-test=search-notes]') !== null)
    expect(document.querySelector('[data-test=reach]')!.textContent).toContain('30 户')
    await press('在文字里找')
    await until(() => document.body.textContent!.includes('1 户写到“松针”'))
    const row = [...document.querySelectorAll(`a[href="/households/${first.fileId}"]`)].pop()!
    expect(row.textContent).toContain('11月20日')
    expect(row.textContent).not.toContain('堆着')
  })

  it('on a route looks at its households only, and says so', async () => {
    const device = makePracticeDevice('route')
    const looks: NotesLook[] = []
    await device.findInNotes('狗', (look) => looks.push(look) > 0)
    expect(looks[looks.length - 1]!.total).toBe(device.households.length)
  })

  it('never finds what was struck out, nor a name or a number in place of a note', async () => {
    const device = makePracticeDevice('main')
    const [first] = device.households as [HouseholdSummary]
    const id = device.newId()
    await device.save(await device.openFile(first.fileId), [{ op: 'append', path: 'visits', id, value: { visited_on: '2026-11-20', method: 'home', outcome: 'met', observation: '写错了户' } }])
    await device.save(await device.openFile(first.fileId), [{ op: 'void', path: `visits/${id}` }])
    const found: NotesLook[] = []
    for (const words of ['写错了户', first.headName, '19900001000']) await device.findInNotes(words, (look) => found.push(look) > 0)
    expect(found.map((look) => look.found.length)).toEqual([0, 0, 0])
  })
})

describe('filters', () => {
  const [one] = makePracticeDevice('main').households as [HouseholdSummary]
  const nobody = () => []

  it('ask for a time of visit, also for none and never', () => {
    const at = (nextVisitOn: string | null, lastVisitOn: string | null, due: string): boolean => passes({ ...one, nextVisitOn, lastVisitOn }, { ...NO_FILTERS, due }, '2026-11-22', nobody)
    expect(['overdue', 'week', 'month', 'later', 'none', 'never'].filter((due) => at('2026-11-25', '2026-11-01', due))).toEqual(['week', 'month'])
    expect(['overdue', 'week', 'month', 'later', 'none', 'never'].filter((due) => at('2026-11-22', null, due))).toEqual(['overdue', 'never'])
    expect(['overdue', 'week', 'month', 'later', 'none', 'never'].filter((due) => at(null, '2026-11-01', due))).toEqual(['none'])
    expect(at('2027-02-01', '2026-11-01', 'later')).toBe(true)
  })

  it('ask for the worker whom the file names, else for those of its patch, else for nobody', () => {
    const workers = workersBy([{ id: 'v1', name: '上坪', scope: 's1' }], [{ id: 's1', name: '东', villages: [], people: [{ personId: 'p1', name: '林', duty: 'worker' }, { personId: 'p2', name: '何', duty: 'deputy' }] }])
    const of = (facts: Partial<HouseholdSummary>) => workers({ ...one, worker: undefined, scope: undefined, ...facts } as HouseholdSummary)
    expect(of({ villageId: 'v1' })).toEqual(['p1'])
    expect(of({ villageId: 'v1', worker: 'p9' })).toEqual(['p9'])
    expect(of({ villageId: null })).toEqual([])
    expect(passes(one, { ...NO_FILTERS, workers: ['nobody'] }, '2026-11-22', nobody)).toBe(true)
    expect(passes(one, { ...NO_FILTERS, workers: ['p1'] }, '2026-11-22', () => ['p1'])).toBe(true)
    expect(passes(one, { ...NO_FILTERS, workers: ['p1'] }, '2026-11-22', () => ['p2'])).toBe(false)
  })

  it('that were kept by another version are read as far as they are understood', () => {
    expect(readSaved([{ name: 'a', filters: { quick: ['red', 'gone'], due: 'someday' } }, 7, { query: 'x' }])).toEqual([{ name: 'a', query: '', filters: { ...NO_FILTERS, quick: ['red'] } }])
    expect(readSaved('damaged')).toEqual([])
  })
})
