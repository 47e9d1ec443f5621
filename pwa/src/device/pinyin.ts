/**
 * Readings of Chinese names for the search: full pinyin and initials, surnames read as surnames (单 shan, 曾 zeng).
 * The table is made at build time (build/pinyin-table.ts) and loaded when the list is first shown.
 */
export interface PinyinTable {
  syllables: string[]
  codes: string
  surnames: Record<string, string>
}

const FIRST = 0x4e00
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$'

export async function loadPinyin(): Promise<PinyinTable> {
  return (await import('virtual:pinyin')).default
}

/** The syllables of a name, one per character; a character that the table lacks stands for itself. */
export function readName(table: PinyinTable, name: string): string[] {
  const characters = Array.from(name)
  for (const length of [2, 1]) {
    const reading = characters.length > length || length === 1 ? table.surnames[characters.slice(0, length).join('')] : undefined
    if (reading) return [...reading.split(' '), ...characters.slice(length).map((character) => read(table, character))]
  }
  return characters.map((character) => read(table, character))
}

function read(table: PinyinTable, character: string): string {
  const offset = ((character.codePointAt(0) ?? 0) - FIRST) * 2
  const code = offset >= 0 ? table.codes.slice(offset, offset + 2) : ''
  if (!code || code === '--') return character
  return table.syllables[(DIGITS.indexOf(code.charAt(0)) << 6) | DIGITS.indexOf(code.charAt(1))] ?? character
}
