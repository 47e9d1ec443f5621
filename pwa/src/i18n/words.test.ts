/** Both languages say everything, and every key that a screen asks for exists. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = resolve(__dirname, '..')
const read = (language: string, file: string): Record<string, string> => JSON.parse(readFileSync(join(__dirname, language, file), 'utf8')) as Record<string, string>
const files = readdirSync(join(__dirname, 'zh-CN')).sort()
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort()

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(entry.name) && !/\.(test|scene)\.ts$/.test(entry.name) ? [path] : []
  })
}

describe('words', () => {
  it('stand in the same files in both languages', () => {
    expect(readdirSync(join(__dirname, 'en')).sort()).toEqual(files)
    expect(files.length).toBeGreaterThan(10)
  })

  it.each(files)('%s has the same keys and placeholders in both languages, none empty', (file) => {
    const chinese = read('zh-CN', file)
    const english = read('en', file)
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort())
    for (const [key, text] of Object.entries(chinese)) {
      expect(text.trim(), key).not.toBe('')
      expect(english[key]!.trim(), key).not.toBe('')
      expect(placeholders(english[key]!), key).toEqual(placeholders(text))
    }
  })

  it('exist for every key named in a source file', () => {
    const known = new Set(files.flatMap((file) => Object.keys(read('zh-CN', file)).map((key) => `${file.replace('.json', '')}.${key}`)))
    const missing: string[] = []
    for (const path of sources(SOURCE)) {
      for (const found of readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([a-z-]+\.[a-z0-9_.]+)'/gi)) {
        if (!known.has(found[1]!)) missing.push(`${path.slice(SOURCE.length)}: ${found[1]}`)
      }
    }
    expect(missing).toEqual([])
  })
})
