/** A finger on the real shell and screens over the practice phone: opens pages, taps what a person could see and counts the taps. Only tests import this. */
import type { App } from 'vue'
import type { Device } from '../device'
import { makePracticeDevice } from '../device/practice'
import { startApp } from './index'

const WORKER = { updateReady: false, canInstall: false, inWeChat: false, applyUpdate: () => undefined, install: async () => false }
const TRIES = 400
const PAUSE_MS = 10
const words = (element: Element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim()

export class Walk {
  readonly device: Device = makePracticeDevice('main')
  taps = 0
  private app: App | null = null

  constructor() {
    window.scrollTo = () => undefined
    Element.prototype.scrollIntoView = () => undefined
  }

  async open(path: string): Promise<void> {
    this.end()
    history.replaceState(null, '', path)
    document.body.replaceChildren(Object.assign(document.createElement('div'), { id: 'app' }))
    this.app = await startApp(this.device, WORKER)
    await this.find('h1')
    await this.until(() => (document.querySelector('.y-spinner') ? null : true), 'the page without a spinner')
  }
  end(): void {
    this.app?.unmount()
    this.app = null
    document.body.replaceChildren()
  }
  async until<T>(find: () => T | null | undefined, what: string): Promise<T> {
    for (let i = 0; i < TRIES; i += 1) {
      const found = find()
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    throw new Error(`never came: ${what}\n${this.text()}`)
  }
  find(selector: string): Promise<HTMLElement> {
    return this.until(() => document.querySelector<HTMLElement>(selector), selector)
  }
  text(): string {
    return words(document.body)
  }
  says(text: string): Promise<true> {
    return this.until(() => (this.text().includes(text) ? true : null), text)
  }
  /** By its test name, once it may be tapped. */
  async press(test: string): Promise<void> {
    const element = await this.until(() => Array.from(document.querySelectorAll<HTMLElement>(`[data-test="${test}"]`)).find((one) => !(one as HTMLButtonElement).disabled), test)
    await this.touch(element)
  }
  /** A link by its test name: one tap, then the page that it names. (Routers of tests before would take the click.) */
  async follow(test: string): Promise<void> {
    const link = (await this.find(`a[data-test="${test}"]`)) as HTMLAnchorElement
    this.taps += 1
    await this.open(link.getAttribute('href')!)
  }
  /** By what stands on it. */
  async tap(label: string, within = 'body'): Promise<void> {
    const element = await this.until(() => Array.from(document.querySelectorAll<HTMLElement>(`${within} button, ${within} a, ${within} label, ${within} summary`)).find((one) => words(one) === label), `button ${label}`)
    await this.touch(element.querySelector('input') ?? element)
  }
  async type(field: string, text: string): Promise<void> {
    const box = (await this.find(`[data-test="${field}"] input, [data-test="${field}"] textarea`)) as HTMLInputElement
    box.value = text
    box.dispatchEvent(new Event('input'))
    box.dispatchEvent(new Event('change'))
    await this.rest()
  }
  private async touch(element: HTMLElement): Promise<void> {
    this.taps += 1
    element.click()
    await this.rest()
  }
  private async rest(): Promise<void> {
    for (let i = 0; i < 8; i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
