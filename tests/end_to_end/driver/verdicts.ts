/** What is done about saves that are not simply taken in: by their author at the phone, by the deputy at her desk. */
import { gunzipSync } from 'node:zlib'
import { DESK, PHONE, TestBrowser } from './browser'
import { Person } from './person'

/** The deputy at her desk and a worker with a phone, not enrolled yet. */
export async function openDeputyAndWorker(): Promise<{ deputy: Person; worker: Person }> {
  const deputy = new Person('沈若兰', await TestBrowser.open('desk', DESK), { password: '清早先烧一壶老白茶再出门', pin: '739184' })
  const worker = new Person('林小满', await TestBrowser.open('author', PHONE), { password: '晚饭吃了三碗白米饭真香', pin: '482915' })
  return { deputy, worker }
}

/** Lets no save with these words through, as a network would that loses one of two; what is lost stays on the phone. */
export async function losing(person: Person, words: string): Promise<() => Promise<void>> {
  const url = /\/api\/v1\/sync$/
  await person.page.route(url, async (route) => {
    const bytes = route.request().postDataBuffer() ?? Buffer.from('{}')
    const isPacked = route.request().headers()['content-encoding'] === 'gzip'
    const body = JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString('utf8')) as { push: { body: string }[] }
    const { 'content-encoding': _, 'content-length': __, ...headers } = route.request().headers()
    await route.continue({ headers, postData: JSON.stringify({ ...body, push: body.push.filter((one) => !one.body.includes(words)) }) })
  })
  return () => person.page.unroute(url)
}

export async function sync(person: Person): Promise<void> {
  await person.goTo('/sync')
  const button = person.button('现在上传')
  await button.waitFor()
  await Promise.all([person.page.waitForResponse((answer) => /\/api\/v1\/sync$/.test(answer.url()) && answer.ok()), button.click()])
  await button.waitFor()
  await person.settled()
}

/** Opens the deputy's list and, by the household's name, one change in it. */
export async function openWaiting(deputy: Person, why: string, name: string): Promise<void> {
  await deputy.goTo('/inbox')
  await deputy.goTo('/desk')
  const group = deputy.page.locator('[data-test="desk-group"]').filter({ hasText: why })
  await group.locator('[data-test="desk-item"]').filter({ hasText: name }).first().click()
  await deputy.page.locator('[data-test="desk-one"]').waitFor()
}

export async function decide(deputy: Person, act: 'accept' | 'decline' | 'reissue', words: string): Promise<void> {
  await deputy.page.locator(`[data-test="${act}"]`).click()
  const sheet = deputy.page.getByRole('dialog')
  await sheet.locator('textarea').fill(words)
  await sheet.locator('[data-test="confirm"]').click()
  await sheet.waitFor({ state: 'hidden' })
}

/** The author's own view of one save, from the list of what is not taken in. */
export async function openSave(person: Person, name: string): Promise<void> {
  await person.goTo('/sync')
  await person.page.locator('.y-card').filter({ hasText: name }).locator('[data-test="open-save"]').first().click()
  await person.page.locator('[data-test="own-save"]').waitFor()
}

export async function askDeputy(author: Person, words: string): Promise<void> {
  await author.page.locator('[data-test="ask-deputy"]').click()
  const sheet = author.page.getByRole('dialog')
  await sheet.locator('textarea').fill(words)
  await sheet.locator('[data-test="send-ask"]').click()
  await sheet.waitFor({ state: 'hidden' })
  await author.page.locator('[data-test="asked"]').waitFor()
}

export async function putAway(author: Person): Promise<void> {
  await author.page.locator('[data-test="put-away"]').click()
  await author.page.getByRole('dialog').getByRole('button', { name: '收起' }).click()
}
