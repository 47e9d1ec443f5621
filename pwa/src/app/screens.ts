/** Loads a feature's screen together with its words. */
import type { Component } from 'vue'
import { loadWords } from '../i18n'

const screens = import.meta.glob<{ default: Component }>('../features/*/index.ts')

export async function loadScreen(feature: string, words: string[] = []): Promise<Component> {
  const load = screens[`../features/${feature}/index.ts`]
  if (!load) throw new Error(`no feature ${feature}`)
  const [screen] = await Promise.all([load(), loadWords(feature, ...words)])
  return screen.default
}
