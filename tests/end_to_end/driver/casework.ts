/** The casework of the story, step by step as people do it on the screen: find a household, visit it, assess it, correct it. */
import type { Locator } from 'playwright-core'
import type { Person } from './person'

/** The fields of a form carry the name of the record's field. */
export function field(person: Person, name: string): Locator {
  return person.page.locator(`[data-test="field-${name}"]`)
}
function card(person: Person, title: string): Locator {
  return person.page.getByRole('region', { name: title, exact: true })
}
function chip(within: Locator, words: string): Locator {
  return within.locator('label.y-chip').filter({ hasText: new RegExp(`^${words}`) }).first()
}

/** Writes into a field that may still be folded behind a button with its label. */
async function write(person: Person, within: Locator, name: string, label: string, text: string): Promise<void> {
  const box = field(person, name).locator('textarea, input')
  const unfold = within.getByRole('button', { name: label, exact: true })
  await box.or(unfold).first().waitFor()
  if (await unfold.isVisible()) await unfold.click()
  await box.fill(text)
}

export async function search(person: Person, query: string): Promise<string[]> {
  if (new URL(person.page.url()).pathname !== '/households') await person.goTo('/households')
  await person.fill('查找户档', query)
  const count = person.page.locator('p[role="status"]').filter({ hasText: /显示 \d+ 户/ })
  await count.waitFor()
  await person.settled()
  return person.page.locator('a.y-row .y-row__title').allInnerTexts()
}

/** Opens a household by search; returns its address inside the app. */
export async function openHousehold(person: Person, name: string): Promise<string> {
  await search(person, name)
  await person.page.locator('a.y-row').filter({ hasText: name }).first().click()
  await person.button('开始走访').or(person.page.getByRole('link', { name: '开始走访' })).first().waitFor()
  return new URL(person.page.url()).pathname
}

async function keepSheet(person: Person): Promise<void> {
  const sheet = person.page.getByRole('dialog')
  await sheet.getByRole('button', { name: '存好', exact: true }).click()
  await sheet.waitFor({ state: 'hidden' })
}

export async function planVisitToday(person: Person, name: string): Promise<void> {
  await person.press('改风险、类别、下次走访')
  await field(person, 'next_visit_on').locator('input').fill(new Date().toLocaleDateString('sv-SE'))
  await keepSheet(person)
  await person.goTo('/')
  await person.page.getByRole('article', { name, exact: true }).getByRole('button', { name: '加到路线' }).click()
  await person.sees('这些户，没网时用 PIN 就能打开。')
}

export async function correctPhone(person: Person, phone: string): Promise<void> {
  await person.page.locator('[data-test="edit-phone"]').click()
  await field(person, 'phone').locator('input').fill(phone)
  await keepSheet(person)
}

export async function addMember(person: Person, name: string, relation: string): Promise<void> {
  await person.press('添加家人')
  await field(person, 'name').locator('input').fill(name)
  await chip(field(person, 'relation'), relation).click()
  await keepSheet(person)
}

export async function setDisabilityGrade(person: Person, member: string, grade: string): Promise<void> {
  await person.page.getByRole('button', { name: new RegExp(member) }).first().click()
  await chip(field(person, 'grade'), grade).click()
  await keepSheet(person)
}

export async function setHouseholdSize(person: Person, size: number): Promise<void> {
  await person.page.getByRole('button', { name: /^经济/ }).click()
  await field(person, 'household_size').locator('input').fill(String(size))
  await keepSheet(person)
}

export async function recordVisit(person: Person, home: string, met: string, note: string, photo: Buffer): Promise<void> {
  await person.goTo(`${home}/visit`)
  await chip(card(person, '见到了谁'), '见到$').click()
  await chip(card(person, '见到了谁'), met).click()
  const health = card(person, '健康')
  await chip(health, '需留意').click()
  await write(person, health, 'health_note', '写几句', note)
  await card(person, '照片和确认').locator('input[type="file"]').setInputFiles({ name: 'house.jpg', mimeType: 'image/jpeg', buffer: photo })
  await chip(card(person, '照片和确认'), '同意拍照').click()
  await card(person, '下一步').getByRole('button', { name: '一个月后' }).click()
  await person.page.locator('[data-test="save-visit"]').click()
  await person.sees(/走访 1 次/)
}

const LEVELS: Record<string, string> = { housing: '中', health: '重' }
const DIMENSIONS = ['income', 'housing', 'health', 'care', 'livelihood', 'education', 'mood', 'family', 'social_support', 'rights']

/** Fills a new assessment but for its conclusion, with the six-item self-care test of a member. */
export async function assess(person: Person, home: string, member: string): Promise<void> {
  await person.goTo(`${home}/assessment`)
  for (const name of DIMENSIONS) await chip(field(person, `${name}_level`), LEVELS[name] ?? '轻').click()
  await chip(field(person, 'difficulty_level'), '中度困难').click()
  await chip(field(person, 'risk_level'), '黄').click()
  await field(person, 'risk_reason').locator('textarea').fill('膝盖肿，走不远')
  await person.press('做六项自理测试')
  const sheet = person.page.getByRole('dialog')
  await chip(sheet, member).click()
  await sheet.getByRole('button', { name: '开始' }).click()
  for (let item = 1; item <= 6; item++) {
    await sheet.getByText(`${item}/6`).waitFor()
    await sheet.locator('.y-question__answer').nth(item <= 2 ? 1 : 0).click()
    const next = sheet.getByRole('button', { name: '下一题' })
    await next.or(sheet.locator('[data-test="instrument-band"]')).or(sheet.getByText(`${item + 1}/6`)).first().waitFor()
    if (await next.isVisible() && await sheet.getByText(`${item}/6`).isVisible()) await next.click()
  }
  await sheet.locator('[data-test="instrument-band"]').waitFor()
  await sheet.getByRole('button', { name: '记下结果' }).click()
  await sheet.waitFor({ state: 'hidden' })
}

export function conclusion(person: Person): Locator {
  return field(person, 'conclusion').locator('textarea')
}

/** Submits; a question whether the member's field should follow the test is answered with yes. */
export async function submit(person: Person): Promise<void> {
  await person.press(/^(提交审核|重新提交)$/)
  const follow = person.button('一起改')
  await follow.or(person.page.locator('h1').filter({ hasNotText: '需求预估' })).first().waitFor()
  if (await follow.isVisible()) await follow.click()
  await person.page.locator('h1').filter({ hasNotText: '需求预估' }).waitFor()
}

/** Records a household whose file is not open; nothing can be read back before the next full unlock. */
export async function recordUnlinked(person: Person, village: string, name: string, note: string): Promise<void> {
  await person.goTo('/record')
  await chip(person.page.locator('main'), village).click()
  await person.page.getByLabel('姓名', { exact: false }).first().fill(name)
  await chip(person.page.locator('main'), '见到$').click()
  await person.page.locator('textarea').fill(note)
  await person.press('存好')
  await person.sees('已存好 1 条')
}
