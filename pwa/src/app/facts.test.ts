/**
 * Facts that cannot all be true, on the real screens over the practice phone: told in the list of what waits, put right in one tap,
 * or settled with a reason that holds until a fact changes. And opening a file for somebody who has one already.
 */
import axe from 'axe-core'
import type { App } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Device, FileView } from '../device'
import { makePracticeDevice } from '../device/practice'
import { hex } from '../device/practice-data'
import { compareFiles, countBoth, recommend, type Side } from '../features/merge/comparison'
import { factOps, once, readFacts } from '../features/conflicts/facts'
import { startApp } from './index'

vi.setConfig({ testTimeout: 60_000 }) // whole screens on a shared machine; nothing here measures time

const WORKER = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
const DEAD = hex('household12')
const MISCOUNTED = hex('household9')
const TWINS = [hex('household6'), hex('household14')].sort() as [string, string]
const NUMBER = '990101194607120017'
let device: Device
let running: App | null = null

async function until<T>(find: () => T | null | undefined | false, what: string): Promise<T> {
  for (let i = 0; i < 300; i += 1) {
    const found = find()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never came: ${what}\n${document.body.textContent}`)
}
const find = (selector: string) => document.querySelector<HTMLElement>(selector)
const tap = async (selector: string) => (await until(() => find(selector), selector)).click()
const says = (text: string) => until(() => document.body.textContent?.includes(text), text)
async function type(selector: string, text: string): Promise<void> {
  const box = await until(() => find(selector)?.querySelector<HTMLInputElement>('input, textarea'), selector)
  box.value = text
  box.dispatchEvent(new Event('input', { bubbles: true }))
}
async function start(path: string): Promise<void> {
  window.scrollTo = () => undefined
  history.replaceState(null, '', path)
  document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
  running = await startApp(device, WORKER)
}
const openIn = (fileId: string) => device.households.find((household) => household.fileId === fileId)?.semantic?.open

beforeEach(() => { device = makePracticeDevice('main') })
afterEach(() => {
  running?.unmount()
  running = null
  document.body.replaceChildren()
})

describe('facts of one household', () => {
  it('stand in the list of what waits, by household, in sentences', async () => {
    await start('/inbox')
    await until(() => find('[data-test=fact-item]'), 'a household with facts that differ')
    await says('家庭人口写的是 2 人，名单上在世、没有迁出的有 3 人')
    await says('的走访却写着见到了本人')
    await says('两份户档里有 1 个相同的身份证号。')
  })

  it('are put right by what the rule offers, and the conflict is gone', async () => {
    expect(openIn(DEAD)).toBe(2)
    await start(`/conflicts/${DEAD}`)
    await tap('[data-test=offer-not_dead]')
    await tap('[data-test=decide]')
    await until(() => openIn(DEAD) === 0, 'both closed: nobody died, so the members are as many as were counted')
    await says('这一户没有说法不一的地方')
    const last = (await device.openFile(DEAD)).history[0]
    expect(last?.ops).toEqual([{ op: 'set', path: `members/${hex('member12-1')}/died_on`, value: null }])
  })

  it('are settled as right with a reason, and come back when a fact changes', async () => {
    await start(`/conflicts/${MISCOUNTED}`)
    await tap('[data-test=both-right]')
    expect((await until(() => find('[data-test=decide]'), 'decide')).hasAttribute('disabled')).toBe(true) // a reason is asked for
    await type('[data-test=both-right-why]', '孙子户口在外省')
    await until(() => !find('[data-test=decide]')?.hasAttribute('disabled'), 'the decision can be kept')
    await tap('[data-test=decide]')
    await says('因为：孙子户口在外省')
    expect(openIn(MISCOUNTED)).toBe(0)

    const view = await device.openFile(MISCOUNTED)
    await device.save(view, [{ op: 'set', path: 'household_size', value: 5 }])
    expect(openIn(MISCOUNTED)).toBe(1)
    await says('家庭人口写的是 5 人')
  })

  it('a settlement can be taken back', async () => {
    const view = await device.openFile(MISCOUNTED)
    const conflict = readFacts(view).open[0]!
    await device.save(view, factOps(conflict, { kind: 'settle', reason: '核对过' }, () => device.newId()))
    expect(openIn(MISCOUNTED)).toBe(0)
    await start(`/conflicts/${MISCOUNTED}`)
    ;(await until(() => find('[data-test=settled] button'), 'reopen')).click()
    await until(() => openIn(MISCOUNTED) === 1, 'open again')
  })

  it('two decisions on one path are written once', () => {
    const strike = { op: 'void' as const, path: 'members/a' }
    expect(once([strike, { op: 'set', path: 'phone', value: '1' }, strike])).toEqual([strike, { op: 'set', path: 'phone', value: '1' }])
    expect(once([{ op: 'set', path: 'phone', value: '1' }, { op: 'set', path: 'phone', value: '2' }])).toEqual([{ op: 'set', path: 'phone', value: '2' }])
  })
})

describe('one person in two files', () => {
  it('is found on the phone and told on the household page', async () => {
    expect(device.samePersons.map((pair) => [pair.file, ...pair.elements])).toEqual([TWINS])
    await start(`/households/${TWINS[0]}`)
    await says('可能是同一户')
    expect(find('[data-test=same-person]')?.getAttribute('href')).toBe(`/merge/${TWINS[0]}/${TWINS[1]}`)
  })

  it('is compared side by side; "not one household" needs a reason and holds', async () => {
    await start(`/merge/${TWINS[0]}/${TWINS[1]}`)
    await says('两边都有')
    const keep = await until(() => find('[data-test=not-one]'), 'not one')
    expect(keep.hasAttribute('disabled')).toBe(true)
    await type('[data-test=merge-reason]', '同名同号，派出所已更正')
    await until(() => !keep.hasAttribute('disabled'), 'a reason is given')
    keep.click()
    await until(() => device.samePersons[0]?.settled, 'settled')
  })

  it('is told while a new file is made for them', async () => {
    await start('/new-household')
    await type('[data-test="field-members.name"]', '柳玉兰')
    await type('[data-test="field-members.id_number"]', NUMBER)
    await says('这个身份证号已经在这部手机的户档里')
    await tap('[data-test=make-household]')
    await says('户档已建好')
    expect(device.samePersons).toHaveLength(3)
  })
})

describe('screens', () => {
  const NEEDS_LAYOUT = ['color-contrast', 'target-size', 'scrollable-region-focusable'] // held to in a real browser by the story
  it.each([`/conflicts/${DEAD}`, `/merge/${TWINS[0]}/${TWINS[1]}`, `/merge/${TWINS[0]}`, `/transfer/${TWINS[0]}`, '/new-household'])('%s: no violation', async (path) => {
    document.documentElement.lang = 'zh-CN'
    document.title = '一户'
    await start(path)
    await until(() => find('h1') && !find('.y-spinner') && find('main button, main a'), 'the screen')
    const result = await axe.run(document, { rules: Object.fromEntries(NEEDS_LAYOUT.map((rule) => [rule, { enabled: false }])) })
    expect(result.passes.length).toBeGreaterThan(8)
    expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
  })
})

describe('which file should stay', () => {
  const side = (facts: Partial<Side>): Side => ({ fileId: 'a', name: '', members: [], categories: [], phone: '', address: '', visits: 0, lastVisitOn: null, openedOn: null, fileNumber: '', approved: 0, waiting: 0, unsent: 0, ...facts })
  it('is the one with more approved, then numbered, then visited, then older', () => {
    expect(recommend([side({ visits: 9 }), side({ approved: 1 })])).toEqual({ stays: 1, because: 'approved' })
    expect(recommend([side({ visits: 9 }), side({ fileNumber: 'QS-1' })])).toEqual({ stays: 1, because: 'number' })
    expect(recommend([side({ visits: 2, openedOn: '2026-01-01' }), side({ visits: 1, openedOn: '2020-01-01' })])).toEqual({ stays: 0, because: 'visits' })
    expect(recommend([side({ openedOn: '2026-01-01' }), side({ openedOn: '2025-12-31' })])).toEqual({ stays: 1, because: 'older' })
    expect(recommend([side({}), side({ openedOn: '2025-12-31' })])).toEqual({ stays: 1, because: 'older' })
  })
  it('is the same whichever was opened first when nothing tells them apart', () => {
    expect(recommend([side({ fileId: 'a' }), side({ fileId: 'b' })])).toEqual({ stays: 0, because: 'either' })
    expect(recommend([side({ fileId: 'b' }), side({ fileId: 'a' })])).toEqual({ stays: 1, because: 'either' })
  })
  it('members stand in both by their number, not by their name', async () => {
    const views = (await Promise.all(TWINS.map((file) => device.openFile(file)))) as [FileView, FileView]
    const sides = compareFiles(views, '2026-11-22')
    expect(countBoth(sides)).toBe(1)
    expect(sides[0].members.filter((member) => member.both).map((member) => member.name)).toEqual(['柳玉兰'])
  })
})
