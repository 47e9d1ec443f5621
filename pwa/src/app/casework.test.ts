/**
 * The casework on the real shell and screens over the practice phone: from intake to plan under review, a consent that the household carries,
 * a questionnaire that opens the crisis card, a child's risk by two people, a policy followed up. Only what a person could see and tap.
 */
import type { App } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Device, FileView } from '../device'
import { makePracticeDevice } from '../device/practice'
import { listVisits } from '../features/household/view'
import { addDays, localDay } from '../i18n/dates'
import { readElements } from '../records/people'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 }) // whole screens on a shared machine; nothing here measures time
const WORKER = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
let device: Device
let running: App | null = null

const settle = async (rounds = 12) => {
  for (let i = 0; i < rounds; i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
}
async function until<T>(find: () => T | null | undefined, what: string): Promise<T> {
  for (let i = 0; i < 300; i += 1) {
    const found = find()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never came: ${what}\n${document.body.textContent}`)
}
const all = (selector: string, root: ParentNode = document) => Array.from(root.querySelectorAll<HTMLElement>(selector))
const within = (selector: string) => until(() => document.querySelector<HTMLElement>(selector), selector)
const words = (element: Element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim()

async function click(test: string): Promise<void> {
  ;(await until(() => all(`[data-test=${test}]`).find((one) => !(one as HTMLButtonElement).disabled), test)).click()
  await settle()
}
async function tap(label: string, root?: ParentNode): Promise<void> {
  const element = await until(() => all('button, a, label', root).find((one) => words(one) === label), `button ${label}`)
  ;(element.querySelector('input') ?? element).click()
  await settle()
}
const choose = async (field: string, label: string) => tap(label, await within(`[data-test=field-${field}]`))
async function type(field: string, text: string, part?: string): Promise<void> {
  const at = part ? (await until(() => all('fieldset').find((one) => words(one.querySelector('legend')!) === field), field)).querySelector<HTMLElement>(`[data-test=field-${part}]`)! : await within(`[data-test=field-${field}]`)
  const box = at.querySelector('input, textarea') as HTMLInputElement
  box.value = text
  box.dispatchEvent(new Event('input'))
  box.dispatchEvent(new Event('change'))
  await settle(3)
}
async function open(path: string): Promise<void> {
  running?.unmount()
  history.replaceState(null, '', path)
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
  await within('h1')
  await until(() => (document.querySelector('.y-spinner') ? null : true), 'the page without a spinner')
  await settle()
}
const first = () => device.route[0]!
const at = (rest: string) => `/households/${first()}/${rest}`
const view = (): Promise<FileView> => device.openFile(first())
const records = async (collection: string) => readElements((await view()).state, collection)
const back = () => until(() => (document.querySelector('h1')?.textContent?.includes('服务进程') ? true : null), 'the case page')
const page = () => words(document.body)
const says = (text: string) => until(() => (page().includes(text) ? true : null), text)

beforeEach(() => {
  window.scrollTo = () => undefined
  Element.prototype.scrollIntoView = () => undefined
  device = makePracticeDevice('main')
})
afterEach(() => {
  running?.unmount()
  running = null
  document.body.replaceChildren()
})

describe('the six steps', () => {
  it('begin with an intake that is submitted as a whole, and the case stands at its first step', async () => {
    await open(at('case'))
    await says('还没有开案')
    await click('begin-case')
    await type('presenting_problem', '冬天屋里漏风，没钱修')
    await click('submit-record')
    await says('才能提交')
    await choose('urgency', '尽快（一周内）')
    await choose('decision', '接案')
    await click('submit-record')
    await back()
    expect(await records('intakes')).toMatchObject([{ presenting_problem: '冬天屋里漏风，没钱修', decision: 'accept', urgency: 'soon', source: 'worker_found' }])
    const section = Object.entries((await view()).state.sections).find(([path]) => path.startsWith('intakes/'))
    expect(section?.[1].status).toBe('submitted')
    expect(words(await within('[data-test=step-identification]'))).toContain('正在这一步')
    expect(words(await within('[data-test=step-identification]'))).toContain('知情同意，或写明法定依据')
  })

  it('take a consent on the household as well, with the version of the text that was read', async () => {
    await open(at('records/consent'))
    await says('不满14周岁的孩子，由监护人同意')
    await choose('state', '同意')
    await choose('signed_by', '本人')
    await click('save-record')
    await back()
    expect(await records('consents')).toMatchObject([{ state: 'given', text_version: '2026-11', kind: 'informed_consent' }])
    expect((await view()).state.paths['consent']?.value).toBe('given')
  })

  it('ask a plan for goals that can be measured before it may be submitted', async () => {
    await open(at('records/plan'))
    await says('前面还差这些')
    await type('目标1', '屋顶不漏', 'goal')
    await click('submit-record')
    await says('请填写“目标1 · 要达到”')
    expect(await records('plans')).toEqual([])
    await click('save-record')
    await back()
    expect(await records('plans')).toMatchObject([{ goal_1: { goal: '屋顶不漏' }, plan_state: 'active' }])
  })

  it('give each household its own plan, whatever its category, with goals of a kind', async () => {
    const [one, other] = [device.route[0]!, device.route[1]!]
    const goals = [['屋顶不漏', '缓解困难'], ['每周有人说说话', '建立支持']] as const
    for (const [index, fileId] of [one, other].entries()) {
      await device.save(await device.openFile(fileId), [{ op: 'add', path: 'categories', value: 'dibao' }])
      await open(`/households/${fileId}/records/plan`)
      const box = (await until(() => all('fieldset').find((set) => words(set.querySelector('legend')!) === '目标1'), '目标1')).querySelector('[data-test=field-goal] input') as HTMLInputElement
      expect(box.value).toBe('') // no category fills in a plan
      await type('目标1', goals[index]![0], 'goal')
      await tap(goals[index]![1], all('fieldset').find((set) => words(set.querySelector('legend')!) === '目标1'))
      await click('save-record')
      await back()
    }
    const plans = await Promise.all([one, other].map(async (fileId) => readElements((await device.openFile(fileId)).state, 'plans')))
    expect(plans).toMatchObject([[{ goal_1: { goal: '屋顶不漏', kind: 'relieve' } }], [{ goal_1: { goal: '每周有人说说话', kind: 'connect' } }]])
  })

  it('show of a fact how and when it was last checked', async () => {
    await open(at('records/fact'))
    await choose('topic', '收入')
    await type('statement', '低保每月六百，折子看过')
    await choose('source', '已核实')
    await choose('checked_how', '看过证件材料')
    await click('save-record')
    await back()
    const [fact] = await records('facts')
    expect(fact).toMatchObject({ source: 'verified', checked_how: 'paper' })
    expect(fact!['checked_on']).toBe(fact!['known_on'])
    await says(`低保每月六百，折子看过 · 已核实 · ${localDay(Date.now())}`)
  })

  it('are left out only with a reason', async () => {
    await open(at('records/intake'))
    await type('presenting_problem', '想找人说说话')
    await click('save-record')
    await back()
    await click('leave-out-identification')
    await type('reason', '老户，以前登记过')
    await click('save-record')
    await back()
    expect(await records('steps')).toMatchObject([{ step: 'identification', skipped: true, reason: '老户，以前登记过' }])
  })

  it('keep what was typed when the phone is killed', async () => {
    await open(at('records/fact'))
    await type('statement', '儿子每月寄五百')
    await settle()
    await open(at('records/fact'))
    const box = (await within('[data-test=field-statement] textarea')) as HTMLTextAreaElement
    expect(box.value).toBe('儿子每月寄五百')
  })
})

describe('instruments', () => {
  it('open the crisis card at the answer, whatever the total, and keep an unfinished result without a score', async () => {
    await open(at('instruments/phq9'))
    await tap('单桂英')
    await click('start-asking')
    for (let i = 0; i < 8; i += 1) await tap('这题先不答')
    expect(document.querySelector('[data-test=danger-card]')).toBeNull()
    await tap('好几天')
    const card = await within('[data-test=danger-card]')
    expect(words(card)).toContain('12356')
    expect(card.querySelector('a[href="tel:110"]')).not.toBeNull()
    expect(words(await within('[data-test=result-missing]'))).toContain('还有 8 题没有答')
    await click('keep-result')
    await says('开始测')
    expect(await records('instrument_results')).toMatchObject([{ instrument: 'phq9', answers: { self_harm: '1' }, score: null, band: null }])
  })

  it('propose a child’s level: a red flag stands at once and waits for a second person', async () => {
    const opened = await view()
    const child = device.newId()
    await device.save(opened, [{ op: 'append', path: 'members', id: child, value: { name: '单小妹', relation: '42', born_on: '2017-05-01', id_number_none_reason: 'lost' } }])
    await open(at('instruments/child_risk'))
    await tap('单小妹')
    await click('start-asking')
    await tap('有')
    expect(words(await within('[data-test=danger-card]'))).toContain('马上打 110')
    for (let i = 0; i < 4; i += 1) await tap('没有')
    for (let i = 0; i < 6; i += 1) await tap('没有问题')
    expect(words(await within('[data-test=result-band]'))).toBe('红色')
    await click('keep-result')
    await says('再测一次')
    const state = (await view()).state
    expect(readElements(state, 'risk_reviews')).toMatchObject([{ level: 'red', member: child, proposed_by: device.me!.personId }])
    expect(state.paths['risk_level']?.value).toBe('red')
    await open(at('case'))
    expect(words(await within('[data-test=risk-pending]'))).toContain('等第二个人确认')
    expect(document.querySelector('[data-test=confirm-risk]')).toBeNull()
  })
})

describe('policies', () => {
  it('are suggested with what is missing, and followed up without a word in the address', async () => {
    const opened = await view()
    await device.save(opened, [{ op: 'add', path: 'categories', value: 'dibao' }, { op: 'set', path: 'housing_grade', value: 'D' }])
    await open(at('policies'))
    const card = await within('[data-test=policy-housing_aid]')
    expect(words(card)).toContain('可能符合，请核实')
    expect(words(card)).toContain('还要核实：享受过危房改造')
    await click('follow-housing_aid')
    await within('[data-test=field-state]')
    expect(location.href).not.toContain('housing')
    await choose('state', '已申请')
    await click('save-record')
    await back()
    expect(await records('policy_matches')).toMatchObject([{ policy: 'housing_aid', state: 'applied', match: 'possibly_eligible', office: '乡镇村镇建设办' }])
  })
})

describe('a visit', () => {
  const visit = (on: string, facts: object = {}) => [{ op: 'append' as const, path: 'visits', id: device.newId(), value: { visited_on: on, method: 'home', outcome: 'met', ...facts } }]

  it('that is written down days later says so, one written in time does not', async () => {
    const today = Date.now()
    await device.save(await view(), visit(localDay(today), { observation: '今天写的' }))
    await device.save(await view(), visit(addDays(localDay(today), -1), { observation: '昨天的事' }))
    await device.save(await view(), visit(addDays(localDay(today), -5), { observation: '上星期的事' }))
    await open(`/households/${first()}`)
    const row = (text: string) => until(() => all('button').find((one) => words(one).includes(text)), text)
    expect(words(await row('上星期的事'))).toContain('隔 5 天登记')
    expect(words(await row('昨天的事'))).not.toContain('天登记')
    expect(words(await row('今天写的'))).not.toContain('天登记')
    ;(await row('上星期的事')).click()
    expect(words(await within('[data-test=recorded]'))).toMatch(/记入户档。隔 5 天登记/)
  })

  it('that was refused and is entered again counts from its first writing', async () => {
    const today = localDay(Date.now())
    await device.save(await view(), visit(addDays(today, -5)))
    const late = await view()
    expect(listVisits(late)).toMatchObject([{ lateDays: 5 }])
    const again = late.history.find((entry) => entry.ops.some((op) => op.op === 'append' && op.path === 'visits'))!
    const refused = { ...again, changeId: 'the first', dot: ['another', 1] as [string, number], at: again.at - 5 * 86_400_000, fate: 'returned' as const }
    expect(listVisits({ ...late, history: [refused, ...late.history.map((entry) => (entry === again ? { ...entry, reissues: refused.changeId } : entry))] })).toMatchObject([{ lateDays: 0, recordedAt: refused.at }])
  })

  it('of another day does not begin at the time it is written down', async () => {
    const start = async (days: number) => {
      await open(`/households/${first()}/visit`)
      await tap('见到')
      ;(await until(() => all('button').find((one) => words(one).includes('点这里改')), 'what the first line opens')).click()
      await settle()
      await type('visited_on', addDays(localDay(Date.now()), days))
      await click('save-visit')
      await until(() => location.pathname === `/households/${first()}`, 'the household')
    }
    await start(-3)
    await start(0)
    const starts = (await records('visits')).filter((one) => one['outcome'] === 'met' && one['visit_type'] === 'routine').map((one) => [one['visited_on'], one['started_time'] ?? null]).sort()
    expect(starts).toEqual([[addDays(localDay(Date.now()), -3), null], [localDay(Date.now()), expect.stringMatching(/^\d\d:\d\d$/)]])
  })

  it('may be made to build trust', async () => {
    await open(`/households/${first()}/visit`)
    await tap('见到')
    ;(await until(() => all('button').find((one) => words(one).includes('点这里改')), 'what the first line opens')).click()
    await choose('visit_type', '走访交友')
    await click('save-visit')
    await until(() => location.pathname === `/households/${first()}`, 'the household')
    expect((await records('visits')).map((one) => one['visit_type'])).toContain('trust')
  })
})

describe('doubts about a file', () => {
  it('are said in plain words where the case is, and nothing is refused', async () => {
    const opened = await view()
    await device.save(opened, [{ op: 'set', path: 'household_size', value: 40 }])
    await open(at('case'))
    await says('这一户有二十人以上')
    expect((await view()).state.paths['household_size']?.value).toBe(40)
  })
})
