/**
 * Every screen once, with data in it, on the invented households of practice: what the accessibility test opens, what is
 * photographed for the docs. A route that has no stop here fails a test, so that a new screen cannot be forgotten.
 */
import type { Device } from '../device'
import { hex } from '../device/practice-data'

export interface Stop {
  /** As in `routes.ts`. */
  route: string
  address: string
  /** Names its picture; the same route may have several. */
  name: string
  zh: string
  mode?: 'main' | 'route' | 'locked'
  /** Left out of the pictures: another stop shows the same. */
  unseen?: boolean
}

export const [FIRST, CONFLICTED, TWICE, OTHER, CHILD] = [0, 2, 6, 14, 4].map((index) => hex(`household${index}`)) as [string, string, string, string, string]
const form = (id: string, zh: string): Stop => ({ route: '/households/:id/records/:form/:element?', address: `/households/${FIRST}/records/${id}`, name: `form-${id.replace(/_/g, '-')}`, zh })

export const TOUR: Stop[] = [
  { route: '/', address: '/', name: 'today', zh: '今日' },
  { route: '/', address: '/', name: 'today-route', zh: '今日，只开了路线', mode: 'route' },
  { route: '/households', address: '/households', name: 'households', zh: '户档' },
  { route: '/new-household', address: '/new-household', name: 'new-household', zh: '新建户档' },
  { route: '/households/:id', address: `/households/${FIRST}`, name: 'household', zh: '一户' },
  { route: '/households/:id/visit', address: `/households/${FIRST}/visit`, name: 'visit', zh: '走访' },
  { route: '/households/:id/assessment/:aid?', address: `/households/${FIRST}/assessment`, name: 'assessment', zh: '预估' },
  { route: '/households/:id/case', address: `/households/${FIRST}/case`, name: 'casework', zh: '个案' },
  ...[
    ['intake', '接案'], ['consent', '知情同意'], ['plan', '服务计划'], ['resource_link', '资源链接'], ['intervention', '服务记录'], ['conference', '个案研讨'], ['crisis', '危机记录'], ['referral', '转介'],
    ['evaluation', '评估'], ['closure', '结案'], ['follow_up', '回访'], ['policy_match', '政策跟进'], ['risk_review', '风险评定'], ['category_assignment', '对象类别'], ['event', '事件'], ['fact', '事实'], ['relation', '关系'], ['step', '略过一步'],
  ].map(([id, zh]) => form(id!, zh!)), // prettier-ignore
  { route: '/households/:id/instruments/:instrument?', address: `/households/${FIRST}/instruments`, name: 'instruments', zh: '量表' },
  { route: '/households/:id/instruments/:instrument?', address: `/households/${FIRST}/instruments/phq9`, name: 'instrument', zh: '做一份量表' },
  { route: '/households/:id/referrals/:element', address: `/households/${FIRST}/referrals/{referral}`, name: 'referral', zh: '一次转介' },
  { route: '/referrals/:parcel?', address: '/referrals', name: 'referrals', zh: '收到的转介' },
  { route: '/households/:id/copy', address: `/households/${FIRST}/copy`, name: 'copy', zh: '给这家人的一份' },
  { route: '/households/:id/restricted', address: `/households/${FIRST}/restricted`, name: 'restricted', zh: '限知记录' },
  { route: '/caseload', address: '/caseload', name: 'caseload', zh: '交接' },
  { route: '/households/:id/policies', address: `/households/${FIRST}/policies`, name: 'policies', zh: '可能的政策' },
  { route: '/households/:id/history', address: `/households/${FIRST}/history`, name: 'history', zh: '改动记录' },
  { route: '/inbox', address: '/inbox', name: 'inbox', zh: '待办' },
  { route: '/saves/:changeId', address: '/saves/{save}', name: 'own-save', zh: '自己的一条记录' },
  { route: '/desk', address: '/desk', name: 'desk', zh: '要您定的' },
  { route: '/desk/:changeId', address: '/desk/{waiting}', name: 'desk-one', zh: '要您定的一条' },
  { route: '/conflicts/:fileId', address: `/conflicts/${CONFLICTED}`, name: 'conflicts', zh: '有出入' },
  { route: '/merge/:fileId/:otherId', address: `/merge/${TWICE}/${OTHER}`, name: 'merge', zh: '并户' },
  { route: '/merge/:fileId', address: `/merge/${TWICE}`, name: 'merge-choose', zh: '选另一份' },
  { route: '/transfer/:fileId', address: `/transfer/${FIRST}`, name: 'transfer', zh: '移交片区' },
  { route: '/review/:fileId', address: `/review/${FIRST}`, name: 'review', zh: '审核' },
  { route: '/review/:fileId/:section*', address: `/review/${FIRST}/{section}`, name: 'review-section', zh: '审核一张表' },
  { route: '/ledger-import', address: '/ledger-import', name: 'ledger-import', zh: '导入台账' },
  { route: '/staff', address: '/staff', name: 'staff', zh: '人员' },
  { route: '/devices/:replica?', address: '/devices', name: 'devices', zh: '设备' },
  { route: '/devices/:replica?', address: `/devices/${hex('phone荣耀畅玩 20')}`, name: 'device', zh: '一台设备' },
  { route: '/sessions', address: '/sessions', name: 'sessions', zh: '我的手机' },
  { route: '/grants', address: '/grants', name: 'grants', zh: '未成年人查看许可' },
  { route: '/readings/:file', address: `/readings/${FIRST}`, name: 'readings', zh: '谁看过' },
  { route: '/alarms', address: '/alarms', name: 'alarms', zh: '警报' },
  { route: '/stand-ins', address: '/stand-ins', name: 'stand-ins', zh: '代班' },
  { route: '/erasures', address: '/erasures', name: 'erasures', zh: '彻底删除' },
  { route: '/administration/:page?', address: '/administration', name: 'administration', zh: '管理' },
  ...['recoveries', 'audit', 'accounts'].map((page): Stop => ({ route: '/administration/:page?', address: `/administration/${page}`, name: `administration-${page}`, zh: '管理：' + page })),
  { route: '/stuck', address: '/stuck', name: 'stuck', zh: '卡住的个案' },
  { route: '/warnings', address: '/warnings', name: 'warnings', zh: '预警和集中走访' },
  { route: '/board', address: '/board', name: 'board', zh: '需求对接栏' },
  { route: '/local-rules', address: '/local-rules', name: 'local-rules', zh: '本地规定' },
  { route: '/sync', address: '/sync', name: 'sync', zh: '上传和同步' },
  { route: '/sync', address: '/sync', name: 'sync-locked', zh: '上传和同步，锁着', mode: 'locked', unseen: true },
  { route: '/renew', address: '/renew', name: 'renew', zh: '换钥匙' },
  { route: '/carry', address: '/carry', name: 'carry', zh: '没网也能交' },
  { route: '/carry', address: '/carry', name: 'carry-locked', zh: '没网也能交，锁着', mode: 'locked', unseen: true },
  { route: '/me', address: '/me', name: 'me', zh: '我' },
  { route: '/keys', address: '/keys', name: 'keys', zh: '钥匙是怎么回事' },
  { route: '/help/:form?', address: '/help', name: 'help', zh: '帮助' },
  { route: '/help/:form?', address: '/help/plan', name: 'help-form', zh: '一张表的帮助' },
  { route: '/unlock', address: '/unlock', name: 'unlock', zh: '打开', mode: 'locked' },
  { route: '/enrol', address: '/enrol', name: 'enrol', zh: '登记', mode: 'locked' },
  { route: '/record', address: '/record', name: 'record', zh: '先记下来', mode: 'locked' },
  { route: '/emergency', address: '/emergency', name: 'emergency', zh: '紧急', mode: 'locked' },
]

/** What must have happened before the tour: own saves, a referral under way, an assessment that waits for a deputy. Runs in the page too: it uses nothing but its arguments. */
export async function prepare(device: Device, file: string): Promise<Record<string, string>> {
  const [visit, referral, assessment] = [device.newId(), device.newId(), device.newId()]
  const today = new Date().toISOString().slice(0, 10)
  const append = async (path: string, id: string, value: object) => device.save(await device.openFile(file), [{ op: 'append', path, id, value } as never])
  const save = await append('visits', visit, { visited_on: today, method: 'home', outcome: 'met', observation: '灶台边堆着柴草，已经提醒移开。', next_visit_on: today })
  await append('referrals', referral, { applied_on: today, kind: 'outside', state: 'approved', reason: '需要到县里做康复训练', receiver: '县残联康复中心' })
  await append('assessments', assessment, { assessed_on: today, income_level: 1, housing_level: 2, housing_seen: '西屋漏雨', health_level: 1, conclusion: '先修屋顶，再看低保' })
  const section = `assessments/${assessment}`
  const view = await device.openFile(file)
  const content = view.state.sections[section]?.content
  if (content) await device.save(view, [], { act: 'submit', about: { section, content, schema: view.state.rules_version } })
  const { items } = await device.call<{ items: { change: string }[] }>('GET', '/review')
  return { save, referral, section, waiting: items[0]?.change ?? '' }
}

export function addressOf(stop: Stop, ids: Record<string, string>): string {
  return stop.address.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? name)
}
