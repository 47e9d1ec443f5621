/** A screen held to axe's rules and to the phone's width; its picture is kept for people to look at. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'vitest'
import { PHONE, type TestBrowser } from './browser'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
const PASSES_MIN = 8 // rules that had something to look at: an empty page breaks none either

interface Axe { run(): Promise<{ passes: unknown[]; violations: { id: string; nodes: { html: string }[] }[] }> }

/** Given to the engine over its debugging port: the page's own policy lets no foreign script in. */
export async function isAccessible(browser: TestBrowser, what: string): Promise<void> {
  await browser.screenshot(what)
  await browser.page.evaluate(AXE)
  const found = await browser.page.evaluate(async () => {
    const result = await (window as unknown as { axe: Axe }).axe.run()
    return { passes: result.passes.length, faults: result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`), wide: document.documentElement.scrollWidth }
  })
  expect(found.passes, what).toBeGreaterThan(PASSES_MIN)
  expect(found.faults, what).toEqual([])
  expect(found.wide, `${what} is no wider than the phone`).toBeLessThanOrEqual(PHONE.width)
}
