/** What a person does at a screen, by the words and labels that they read. */
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { TestBrowser } from './browser'

export interface Secrets { password: string; pin: string }

export class Person {
  fieldCode = ''

  constructor(readonly name: string, readonly browser: TestBrowser, readonly secrets: Secrets) {}

  get page(): Page {
    return this.browser.page
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' })
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).first().click()
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor()
  }

  async fill(label: string, value: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(value)
  }

  /** Moves inside the app, as a tap on a link would. */
  async goTo(path: string): Promise<void> {
    await this.page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, path)
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url)
  }

  // --- enrolling and unlocking ---

  async enrol(link: string): Promise<void> {
    await this.open(link)
    await this.chooseSecrets()
    await this.noteFieldCode()
  }

  /** From "that is me" to the second PIN; then the phone makes its keys. */
  async chooseSecrets(): Promise<void> {
    await this.press('是我，继续')
    await this.fill('密码', this.secrets.password)
    await this.fill('再输一遍', this.secrets.password)
    await this.press('下一步')
    await this.typePin(this.secrets.pin)
    await this.sees('再输一遍 PIN。')
    await this.typePin(this.secrets.pin)
  }

  /** Reads the field code from the screen and types its third group back, as if from paper. */
  async noteFieldCode(): Promise<void> {
    const shown = this.page.locator('[data-test="field-code"]')
    await shown.waitFor({ timeout: 60_000 })
    this.fieldCode = (await shown.innerText()).replace(/\D/g, '')
    expect(this.fieldCode).toMatch(/^\d{12}$/)
    await this.press('写下来了')
    await this.fill('第三组数字', this.fieldCode.slice(6, 9))
    await this.press('好了，开始用')
  }

  async typePin(pin: string): Promise<void> {
    for (const digit of pin) await this.button(digit).click()
  }

  async unlockWithPin(): Promise<void> {
    await this.button('1').waitFor()
    await this.typePin(this.secrets.pin)
  }

  async unlockWithPassword(): Promise<void> {
    await this.goTo('/unlock')
    await this.page.getByLabel('密码', { exact: true }).or(this.button('用密码（有网）')).first().waitFor()
    if (await this.button('用密码（有网）').isVisible()) await this.press('用密码（有网）')
    await this.fill('密码', this.secrets.password)
    await this.press('打开全部')
    await expect.poll(() => new URL(this.page.url()).pathname, { timeout: 60_000 }).not.toBe('/unlock') // the button says something else while keys are made
  }

  async unlockWithFieldCode(): Promise<void> {
    await this.goTo('/unlock')
    await this.page.getByLabel('现场码', { exact: true }).or(this.button('用现场码（没网）')).first().waitFor()
    if (await this.button('用现场码（没网）').isVisible()) await this.press('用现场码（没网）')
    await this.fill('现场码', this.fieldCode)
    await this.press('打开全部')
    await expect.poll(() => new URL(this.page.url()).pathname, { timeout: 60_000 }).not.toBe('/unlock') // the button says something else while keys are made
  }

  /** Two frames: what was typed has been answered on the screen. */
  async settled(): Promise<void> {
    await this.page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))))
  }

  async syncNow(): Promise<void> {
    const before = new URL(this.page.url()).pathname
    await this.goTo('/sync')
    await this.button('现在上传').waitFor()
    await Promise.all([this.page.waitForResponse((response) => /\/api\/v1\/sync$/.test(response.url()) && response.ok()), this.press('现在上传')])
    await this.settled()
    await this.statusSays(/已全部上传/)
    await this.settled()
    await this.goTo(before)
  }

  // --- the status line ---

  status(): Promise<string> {
    return this.page.locator('[data-test="status-line"]').first().innerText()
  }

  /** Waits until the line under the title says so. */
  async statusSays(text: string | RegExp, timeout = 40_000): Promise<void> {
    await this.page.locator('[data-test="status-line"]').filter({ hasText: text }).first().waitFor({ timeout })
  }
}
