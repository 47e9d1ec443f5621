/**
 * The station's own pages on the real shell over the practice phone: a visit from the day's list in few taps, stuck cases, the needs board, and
 * the deputy's figures, frequencies and questionnaires.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useLocalRules } from '../records/local'
import { readElements } from '../records/people'
import { Walk } from './walk.scene'

vi.setConfig({ testTimeout: 60_000 }) // whole screens on a shared machine; nothing here measures time
let walk: Walk
const first = () => walk.device.route[0]!
const latest = async (collection: string) => readElements((await walk.device.openFile(first())).state, collection)
type Call = [method: string, path: string, body: unknown]

/** The server's answers by method and path, and what was asked. */
function answering(answers: Record<string, unknown>): Call[] {
  const calls: Call[] = []
  walk.device.call = (async (method: string, path: string, body?: unknown) => {
    calls.push([method, path, body])
    const answer = answers[`${method} ${path}`]
    if (answer === undefined) throw new Error(`no answer to ${method} ${path}`)
    return typeof answer === 'function' ? (answer as (body: unknown) => unknown)(body) : answer
  }) as typeof walk.device.call
  return calls
}

beforeEach(() => {
  walk = new Walk()
})
afterEach(() => {
  walk.end()
  useLocalRules(undefined)
})

describe('a visit with one hand', () => {
  it('takes few taps from the day’s list to a saved record; a call takes one', async () => {
    await walk.open('/')
    await walk.follow('go')
    await walk.find('[data-test=save-visit]')
    await walk.tap('单桂英', '[data-test=field-met_members]')
    await walk.tap('正常', '[data-test=field-health_state]')
    await walk.tap('正常', '[data-test=field-safety_state]')
    await walk.press('save-visit')
    await walk.until(() => (location.pathname === `/households/${first()}` ? true : null), 'the household page')
    const visits = await latest('visits')
    expect(visits.some((one) => one['health_state'] === 'fine' && one['safety_state'] === 'fine')).toBe(true)
    // eslint-disable-next-line no-console -- the count is asked for
    console.info(`taps of a visit (from the day's list to saved, two topics looked at): ${walk.taps}`)
    expect(walk.taps).toBeLessThanOrEqual(8)
  })

  it('that met nobody takes its reason, does not count as done, and is said on the day’s list', async () => {
    const before = walk.device.households.find((one) => one.fileId === first())!
    await walk.open('/')
    await walk.follow('go')
    await walk.tap('未见到', '[data-test=field-outcome]')
    await walk.tap('无人在家', '[data-test=field-not_met_reason]')
    await walk.press('save-visit')
    await walk.until(() => (location.pathname === `/households/${first()}` ? true : null), 'the household page')
    // eslint-disable-next-line no-console -- the count is asked for
    console.info(`taps of a visit that met nobody: ${walk.taps}`)
    const line = walk.device.households.find((one) => one.fileId === first())!
    expect([line.lastVisitOn, line.nextVisitOn]).toEqual([before.lastVisitOn, before.nextVisitOn])
    expect(line.missedOn).toBeTruthy()
    await walk.open('/')
    await walk.says('今天去过，没见到')
  })

  it('calls with one tap from every household of the day', async () => {
    await walk.open('/')
    const call = (await walk.find('[data-test=call]')) as HTMLAnchorElement
    expect(call.getAttribute('href')).toMatch(/^tel:\d+/)
  })
})

describe('stuck cases', () => {
  it('stand with their step, days and whose they are, the longest over first; the station says how long a step may take', async () => {
    const view = await walk.device.openFile(first())
    const received = new Date(Date.now() - 12 * 86_400_000).toISOString().slice(0, 10)
    await walk.device.save(view, [{ op: 'append', path: 'intakes', id: walk.device.newId(), value: { received_on: received, decision: 'accept' } }])
    await walk.open('/stuck')
    const list = await walk.find('[data-test=stuck-list]')
    expect(list.textContent).toContain('识别对象')
    expect(list.textContent).toContain('12 天，最多 7 天')
    expect(list.textContent).toContain('超 5 天')
    expect((await walk.find('[data-test=step-identification]')).textContent).toContain('1')
  })

  it('are none where no case was begun, and say what to do', async () => {
    await walk.open('/stuck')
    await walk.says('还没有开案的户')
  })
})

const ENTRY = { entry: 'ab'.repeat(16), state: 'open', need: 'rehabilitation', kind: 'goods', words: '一位独居老人需要轮椅', quantity: '一辆', patch: '西片区', posted_on: '2026-11-20', posted_by: null, taken_by: null, taken_at: null, note: '', file: null, element: null }

describe('the needs board', () => {
  it('shows needs without names, takes one up with what one offers, and leads its own to the record', async () => {
    let taken = false
    const calls = answering({
      'GET /board': () => ({ entries: [taken ? { ...ENTRY, state: 'taken', taken_by: walk.device.me!.personId, note: '残联有一辆' } : ENTRY, { ...ENTRY, entry: 'cd'.repeat(16), words: '要一床棉被', state: 'withheld', file: first(), element: 'ef'.repeat(16) }] }),
      [`POST /board/${ENTRY.entry}/take`]: () => {
        taken = true
        return null
      },
    })
    await walk.open('/board')
    await walk.says('一位独居老人需要轮椅')
    await walk.says('没有上栏')
    expect((await walk.find('[data-test=to-record]')).getAttribute('href')).toBe(`/households/${first()}/records/resource_link/${'ef'.repeat(16)}`)
    await walk.press('take')
    await walk.type('note', '残联有一辆')
    await walk.press('take-sure')
    await walk.says('接下了：残联有一辆')
    expect(calls.find(([method]) => method === 'POST')?.[2]).toEqual({ note: '残联有一辆' })
  })

  it('is read with no network as it was last, and nothing can be taken up then', async () => {
    answering({ 'GET /board': { entries: [ENTRY] } })
    await walk.open('/board')
    await walk.says('一位独居老人需要轮椅')
    answering({})
    await walk.open('/board')
    await walk.says('没有网，这是')
    expect(((await walk.find('[data-test=take]')) as HTMLButtonElement).disabled).toBe(true)
  })

  it('is posted to from a household: the record asks for words of its own', async () => {
    answering({ 'GET /board': { entries: [] } })
    await walk.open('/board')
    await walk.press('post')
    const link = await walk.find('[data-test=posting] a')
    expect(link.getAttribute('href')).toMatch(/\/records\/resource_link$/)
    await walk.open(link.getAttribute('href')!)
    await walk.tap('是', '[data-test=field-on_board]')
    await walk.says('不写姓名、门牌、证件')
  })
})

describe('what a station sets for itself', () => {
  const sheets = { sheets: [] }

  it('county figures are filled in as people say them, sent in their smallest unit, and a mistake stands at its field', async () => {
    const calls = answering({ 'GET /local': sheets, 'POST /local': () => ({ name: 'county', number: null, faults: [{ where: 'amounts.dibao_standard_fen', line: 7, say: '低保标准不可能是这个数，请核对单位。', say_en: 'no' }], notes: [] }) })
    await walk.open('/local-rules')
    await walk.type('county', '桂溪县')
    await walk.type('basis', '示民发〔2026〕1号')
    await walk.type('amount-dibao_standard_fen', '780')
    await walk.press('save-county')
    await walk.until(() => document.querySelector('[data-test="amount-dibao_standard_fen"].y-field--bad, [data-test="amount-dibao_standard_fen"] .y-field--bad'), 'the mistake at its field')
    const sent = JSON.parse((calls.find(([method]) => method === 'POST')![2] as { text: string }).text) as { amounts: object; county: string }
    expect([sent.county, sent.amounts]).toEqual(['桂溪县', { dibao_standard_fen: 78_000 }])
  })

  it('visit frequencies are sent where they differ from the shipped ones and nothing else', async () => {
    const calls = answering({ 'GET /local': sheets, 'POST /local': () => ({ name: 'visits', number: 1, faults: [], notes: [] }) })
    await walk.open('/local-rules')
    await walk.tap('走访频次')
    await walk.type('basis', '示民发〔2026〕3号')
    await walk.type('days-home.tekun_home.green', '15')
    await walk.type('step-plan', '5')
    await walk.press('save-visits')
    await walk.says('存好了')
    const sent = JSON.parse((calls.find(([method]) => method === 'POST')![2] as { text: string }).text) as { rules: object; step_days: object }
    expect(sent.rules).toEqual({ tekun_home: { home_days: { green: 15 } } })
    expect(sent.step_days).toEqual({ plan: 5 })
    expect(Object.keys(sent).sort()).toEqual(['basis', 'rules', 'step_days', 'valid_from'])
  })

  it('a questionnaire is checked line by line before it is sent to anyone', async () => {
    const calls = answering({ 'GET /local': sheets, 'GET /local/templates/instrument': { text: 'id: own_sleep\nversion: 1\n' }, 'POST /local': (body: unknown) => ({ name: 'own_sleep', number: null, faults: (body as { text: string }).text.includes('own_') ? [{ where: 'items', line: 2, say: '缺少“items”这一行。', say_en: 'missing' }] : [], notes: [] }) })
    await walk.open('/local-rules')
    await walk.tap('本站量表')
    await walk.press('check-sheet')
    await walk.says('第 2 行')
    await walk.says('缺少“items”这一行。')
    expect(calls.at(-1)).toEqual(['POST', '/local', { kind: 'instrument', text: 'id: own_sleep\nversion: 1\n', keep: false }])
  })
})
