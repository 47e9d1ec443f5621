/** Looks for words in clear in every file under a folder, as whoever found a phone or a disk would: UTF-8 and UTF-16. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

export function findInClear(folder: string, words: readonly string[]): string[] {
  const needles = words.flatMap((word) => [{ word, bytes: Buffer.from(word, 'utf8') }, { word, bytes: Buffer.from(word, 'utf16le') }])
  const hits: string[] = []
  for (const file of filesUnder(folder)) {
    const content = readFileSync(file)
    for (const { word, bytes } of needles) if (content.includes(bytes)) hits.push(`${relative(folder, file)}: ${word}`)
  }
  return [...new Set(hits)]
}

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path)
    else if (entry.isFile() && statSync(path).size > 0) yield path
  }
}
