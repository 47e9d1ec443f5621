/**
 * The worker's story on the real shell and screens over the practice phone: taps of a visit, drafts after a crash, small
 * corrections, an assessment to its approval, write-only records. Only what a person could see and tap is used.
 */
import type { App } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Device, HistoryEntry } from '../device'
import { makePracticeDevice } from '../device/practice'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 }) // whole screens on a shared machine; nothing here measures time

const WORKER = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
let device: Device
let taps = 0
let running: App | null = null

const settle = async (rounds = 12) => {
  for (let i = 0; i < rounds; i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
}
async function until<T>(find: () => T | null | undefined, what: string): Promise<T> {
  for (let i = 0; i < 200; i += 1) {
    const found = find()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never came: ${what}\n${document.body.textContent}`)
}
const all = (selector: string, root: ParentNode = document) => Array.from(root.querySelectorAll<HTMLElement>(selector))
const within = (selector: string) => until(() => document.querySelector<HTMLElement>(selector), selector)
const words = (element: Element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim()

async function tap(label: string, root?: ParentNode): Promise<void> {
  const element = await until(() => all('button, a, label', root).find((one) => words(one) === label || one.getAttribute('aria-label') === label), `button ${label}`)
  taps += 1
  ;(element.querySelector('input') ?? element).click()
  await settle()
}
async function choose(field: string, label: string): Promise<void> {
  await tap(label, await within(`[data-test=field-${field}]`))
}
async function type(field: string, text: string): Promise<void> {
  const box = (await within(`[data-test=field-${field}] input, [data-test=field-${field}] textarea`)) as HTMLInputElement
  box.value = text
  box.dispatchEvent(new Event('input'))
  await settle(3)
}
/** Starts the app at a path, as a browser would after a kill: nothing of an earlier page is left but the phone itself. */
async function open(path: string): Promise<void> {
  running?.unmount()
  history.replaceState(null, '', path)
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
  await within('h1')
  await settle(20)
}
const first = () => device.route[0]!
const newest = async (fileId = first()): Promise<HistoryEntry> => (await device.openFile(fileId)).history[0]!

beforeEach(() => {
  localStorage.clear()
  window.scrollTo = () => undefined
  Element.prototype.scrollIntoView = () => undefined
  device = makePracticeDevice()
  taps = 0
})
afterEach(() => {
  running?.unmount()
  running = null
  document.body.replaceChildren()
})

describe('a visit', () => {
  it('of the routine kind takes few taps and writes only what was asked', async () => {
    await open(`/households/${first()}`)
    await tap('开始走访')
    await choose('outcome', '见到')
    await tap('单桂英', await within('[data-test=field-met_members]'))
    for (const topic of ['health', 'economy', 'support', 'safety', 'environment']) await choose(`${topic}_state`, '正常')
    await tap('一个月后')
    await tap('存好')
    process.stdout.write(`routine visit: ${taps} taps\n`)
    expect(taps).toBeLessThanOrEqual(10)

    const { ops } = await newest()
    const visit = ops.find((op) => op.op === 'append' && op.path === 'visits')
    const written = Object.keys(visit && visit.op === 'append' ? visit.value : {}).sort()
    expect(written).toEqual(
      ['visited_on', 'method', 'visit_type', 'visitors', 'started_time', 'outcome', 'met_members', 'health_state', 'economy_state', 'support_state', 'safety_state', 'environment_state', 'next_visit_on'].sort(),
    )
    expect(ops.some((op) => op.op === 'set' && op.path === 'next_visit_on')).toBe(true)
    expect(words(await within('[data-test=status-line]'))).toMatch(/^1 条未上传/)
  })

  it('goes on where it stopped after the browser was killed', async () => {
    await open(`/households/${first()}/visit`)
    await choose('outcome', '见到')
    await choose('health_state', '严重')
    await type('health_note', '断药三天')
    await open(`/households/${first()}/visit`)
    expect(document.body.textContent).toContain('接着写')
    expect(((await within('[data-test=field-health_note] textarea')) as HTMLTextAreaElement).value).toBe('断药三天')
    await tap('存好')
    const { ops } = await newest()
    expect(ops[0]).toMatchObject({ op: 'append', path: 'visits', value: { health_state: 'serious', health_note: '断药三天' } })
    await open(`/households/${first()}/visit`)
    expect(document.body.textContent).not.toContain('接着写')
  })

  it('to nobody at home asks why, hides what nobody could tell and may be saved without a reason', async () => {
    await open(`/households/${first()}/visit`)
    await choose('health_state', '需留意')
    await choose('outcome', '未见到')
    expect(document.querySelector('[data-test=field-health_state]')).toBeNull()
    await within('[data-test=field-not_met_reason]')
    await tap('存好')
    const op = (await newest()).ops[0]!
    expect(op).toMatchObject({ op: 'append', value: { outcome: 'not_met' } })
    expect(op.op === 'append' && 'health_state' in op.value).toBe(false)
  })
})

describe('small corrections', () => {
  it('write the phone number alone', async () => {
    await open(`/households/${first()}`)
    ;(await within('[data-test=edit-phone]')).click()
    await type('phone', '19900001111')
    await tap('存好')
    expect((await newest()).ops).toEqual([{ op: 'set', path: 'phone', value: '19900001111' }])
  })

  it('taken up from a draft never write back a value that changed meanwhile', async () => {
    await open(`/households/${first()}`)
    await tap('改住址和怎么走')
    await type('directions', '桥头第三家')
    await device.save(await device.openFile(first()), [{ op: 'set', path: 'registered_address', value: '别人刚改的' }])
    await open(`/households/${first()}`)
    await tap('改住址和怎么走')
    expect(((await within('[data-test=field-registered_address] input')) as HTMLInputElement).value).toBe('别人刚改的')
    await tap('存好')
    expect((await newest()).ops).toEqual([{ op: 'set', path: 'directions', value: '桥头第三家' }])
  })

  it('add a family member only with a name, and are offered what a sound id number says', async () => {
    await open(`/households/${first()}`)
    await tap('添加家人')
    await tap('存好')
    expect(document.body.textContent).toContain('请填写“姓名”')
    await type('name', '单小妹')
    await choose('relation', '女')
    await type('id_number', '990101199005120020')
    expect(words(await within('[data-test=fill-from-papers]'))).toContain('1990-05-12')
    ;(await within('[data-test=fill-from-papers]')).click()
    await tap('存好')
    const op = (await newest()).ops[0]!
    expect(op).toMatchObject({ op: 'append', path: 'members', value: { name: '单小妹', id_number: '990101199005120020', id_number_state: 'sound', born_on: '1990-05-12', gender: '2' } })
    expect(words(document.body)).toContain('单小妹')
  })

  it('an emptied answer is written as asked without an answer', async () => {
    await open(`/households/${first()}`)
    ;(await within('[data-test=edit-phone]')).click()
    await type('phone', '')
    await tap('存好')
    expect((await newest()).ops).toEqual([{ op: 'set', path: 'phone', value: null }])
  })
})

async function fillAssessment(): Promise<void> {
  const levels = { income: '轻', housing: '中', health: '无', care: '重', livelihood: '无', education: '无', mood: '轻', family: '无', social_support: '无', rights: '轻' }
  for (const [name, level] of Object.entries(levels)) await choose(`${name}_level`, level)
  await choose('difficulty_level', '中度困难')
  await choose('risk_level', '绿·平稳')
}

describe('an assessment', () => {
  it('is submitted only when complete, on the hash of what was stored', async () => {
    await open(`/households/${first()}/assessment`)
    await choose('income_level', '轻')
    await tap('提交审核')
    expect(document.body.textContent).toMatch(/还有 \d+ 项没填/)
    expect((await newest()).act).toBe('save')
    await fillAssessment()
    await tap('提交审核')
    await until(() => location.pathname === `/households/${first()}`, 'the household page')
    const view = await device.openFile(first())
    const submitted = view.history[0]!
    expect(submitted.act).toBe('submit')
    const section = view.state.sections[submitted.about!.section]!
    expect(section.status).toBe('submitted')
    expect(section.content).toBe(submitted.about!.content)
    expect(view.state.paths[`${submitted.about!.section}/care_level`]!.value).toBe(3)
  })

  it('scores the self-care test by its data and offers the result for the member', async () => {
    await open(`/households/${first()}/assessment`)
    await tap('做六项自理测试')
    await tap('单桂英', await within('dialog[open]'))
    await tap('开始')
    for (const answer of ['能自己做到', '能自己做到', '做不到', '做不到', '能自己做到', '能自己做到']) await tap(answer, await within('dialog[open]'))
    expect(words(await within('[data-test=instrument-band]'))).toContain('半护理')
    await tap('记下结果')
    await tap('存草稿')
    await tap('一起改')
    const { ops } = await until(() => device.households && newest(), 'the save')
    const result = ops.find((op) => op.op === 'append' && op.path === 'instrument_results')
    expect(result).toMatchObject({ value: { instrument: 'self_care_six', score: 2, band: 'partial' } })
    expect(ops.some((op) => op.op === 'set' && /^members\/.*\/self_care$/.test(op.path) && op.value === 'partial')).toBe(true)
  })

  it('that came back shows each remark beside its field and is submitted again', async () => {
    await open(`/households/${first()}/assessment`)
    await fillAssessment()
    await tap('提交审核')
    await until(() => location.pathname === `/households/${first()}`, 'the household page')
    const view = await device.openFile(first())
    const { section, content, schema } = view.history[0]!.about!
    await device.save(view, [], { act: 'return', reason: '照护一项请写清楚', about: { section, content, schema, remarks: { [`${section}/care_level`]: '谁在照料？' } } })
    await open(`/households/${first()}/assessment/${section.split('/')[1]}`)
    expect(words(await within('[data-test=return-reason]'))).toBe('照护一项请写清楚')
    expect(words(await within('[data-test=field-care_level] .y-remark'))).toBe('谁在照料？')
    await type('care_seen', '大儿媳每天来做饭')
    await tap('重新提交')
    await until(() => location.pathname === `/households/${first()}`, 'the household page')
    const again = (await device.openFile(first())).history
    expect(again[0]!.act).toBe('submit')
    expect(again[0]!.about!.content).not.toBe(content)
    expect(again[1]!.ops).toEqual([{ op: 'set', path: `${section}/care_seen`, value: '大儿媳每天来做饭' }])
  })
})

describe('a locked phone', () => {
  it('what was typed while locked and never saved is taken up after a full unlock', async () => {
    await device.lock()
    await open('/record')
    const note = (await within('textarea')) as HTMLTextAreaElement
    note.value = '门口有积水'
    note.dispatchEvent(new Event('input'))
    await settle()
    await open('/record')
    expect(((await within('textarea')) as HTMLTextAreaElement).value).toBe('')
    await device.unlockWithPassword('', '')
    await open('/record')
    await within('[data-test=record-restored]')
    expect(((await within('textarea')) as HTMLTextAreaElement).value).toBe('门口有积水')
    await tap('不要了')
    expect(((await within('textarea')) as HTMLTextAreaElement).value).toBe('')
    await open('/record')
    expect(document.querySelector('[data-test=record-restored]')).toBeNull()
  })

  it('records without opening anything and files the record after a full unlock', async () => {
    await device.lock()
    await open('/record')
    await within('textarea')
    const [name, note] = [all('input[type=text]').pop() as HTMLInputElement, document.querySelector('textarea')!]
    for (const [box, text] of [[name, '曾大爷'], [note, '屋顶漏雨']] as const) {
      box.value = text
      box.dispatchEvent(new Event('input'))
    }
    await tap('存好')
    expect(document.body.textContent).toContain('已存好 1 条')
    expect(note.value).toBe('')
    await device.unlockWithPassword('', '')
    await open('/record')
    await until(() => (document.body.textContent ?? '').includes('1 条等您归档'), 'the list to file')
  })

  it('shows the unlock screen in place of a household and keeps the address', async () => {
    await device.lock()
    await open(`/households/${first()}`)
    await within('[data-test=pin-pad]')
    expect(location.pathname).toBe(`/households/${first()}`)
  })
})

describe('the household list', () => {
  it('never names a restricted category', async () => {
    const village = device.villages[0]!
    await device.createFile('household', village.scope, [
      { op: 'append', path: 'members', id: device.newId(), value: { name: '测试甲乙', relation: '02', categories: ['mental_severe'] } },
      { op: 'add', path: 'categories', value: 'family_planning_special' },
    ])
    await open('/households')
    const box = (await within('input')) as HTMLInputElement
    box.value = '测试甲乙'
    box.dispatchEvent(new Event('input'))
    await until(() => words(document.body).includes('测试甲乙'), 'the household')
    expect(words(document.body)).not.toMatch(/精神|计生|计划生育/)
    await tap('更多筛选')
    expect(words(await within('dialog[open]'))).not.toMatch(/精神|计生|计划生育/)
  })
})
