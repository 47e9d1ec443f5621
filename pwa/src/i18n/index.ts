/**
 * Words on screen: `t('today.due', {count: 3})`. One flat JSON file a feature and language; the shell's zh-CN is in the first
 * load, every other file comes with its feature, and English as one file. Knows no feature and no person; the language is kept in localStorage.
 */
import { shallowReactive, ref } from 'vue'
import shell from './zh-CN/shell.json'
import ui from './zh-CN/ui.json'

export type Locale = 'zh-CN' | 'en'
export type Params = Record<string, string | number>
type Words = Record<string, string>

export const LOCALES: { value: Locale; label: string }[] = [
  { value: 'zh-CN', label: '中文' },
  { value: 'en', label: 'English' },
]

const KEY = 'yihu.locale'
const sources = import.meta.glob<{ default: Words }>(['./zh-CN/*.json', '!./zh-CN/shell.json', '!./zh-CN/ui.json'])
const words = shallowReactive<Record<string, Words>>({ 'zh-CN/shell': shell, 'zh-CN/ui': ui })
const wanted = new Set(['shell', 'ui'])

function stored(): Locale {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

export const locale = ref<Locale>('zh-CN')

async function load(language: Locale, file: string): Promise<void> {
  const name = `${language}/${file}`
  if (words[name]) return
  const found = language === 'en' ? (await import('./english')).englishOf(file) : (await sources[`./${name}.json`]?.())?.default
  if (found) words[name] = found
}

/** Words of these features, in the language in use; resolves when `t` can say them. */
export async function loadWords(...files: string[]): Promise<void> {
  files.forEach((file) => wanted.add(file))
  await Promise.all(files.map((file) => load(locale.value, file)))
}

export async function setLocale(next: Locale): Promise<void> {
  await Promise.all([...wanted].map((file) => load(next, file)))
  locale.value = next
  document.documentElement.lang = next
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // the language lasts until the app is closed
  }
}

/** Called once before the first screen. */
export async function startLocale(): Promise<void> {
  await setLocale(stored())
}

function find(key: string): string | undefined {
  const dot = key.indexOf('.')
  const file = key.slice(0, dot)
  const name = key.slice(dot + 1)
  return words[`${locale.value}/${file}`]?.[name] ?? words[`zh-CN/${file}`]?.[name]
}

/** Whether there are words for this key: for codes of a server newer than this app. */
export const hasWords = (key: string): boolean => find(key) !== undefined

/** The words for `key` = `file.name`; `{name}` is filled from `params`. An unknown key shows itself, which a test forbids. */
export function t(key: string, params?: Params): string {
  const text = find(key) ?? key
  return params ? text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole)) : text
}
