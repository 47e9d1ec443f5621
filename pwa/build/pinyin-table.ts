/**
 * Build step: the module `virtual:pinyin` holds the readings of 20,902 Chinese characters in basic block order, made from
 * pinyin-pro so that its 141 KB never reach a phone. Decoded by src/device/pinyin.ts.
 *
 * Form: `syllables` is the list of toneless syllables; `codes` gives, for U+4E00 and following, the syllable's index as two
 * characters of base 64 ("--" when there is none); `surnames` lists readings that differ when a character is a surname.
 */
import { pinyin } from 'pinyin-pro'
import type { Plugin } from 'vite'

const ID = 'virtual:pinyin'
const FIRST = 0x4e00
const COUNT = 20_902
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$'
const SURNAMES = [
  '单', '曾', '解', '仇', '区', '尉迟', '万俟', '查', '盖', '任', '华', '朴', '冼', '种', '秘', '折', '令狐', '繁', '员', '乐',
  '召', '黑', '宓', '缪', '翟', '覃', '郗', '逄', '佴', '乜', '相', '仉', '长孙', '宰父', '澹台', '卜', '祭', '晁', '燕', '哈',
  '纪', '车', '洗', '句', '过', '重', '隗', '撒', '褚', '那', '宁', '能', '阚', '洗', '幺', '尹', '单于', '鲜于', '呼延', '欧阳',
  '上官', '司马', '诸葛', '东方', '皇甫', '慕容', '夏侯', '司徒', '公孙', '轩辕', '端木', '百里', '南宫', '西门', '第五', '赫连', '濮阳', '淳于', '太史', '申屠',
] // prettier-ignore

const toneless = { toneType: 'none', type: 'array', v: true, nonZh: 'removed' } as const

export interface PinyinTable {
  syllables: string[]
  codes: string
  surnames: Record<string, string>
}

export function makePinyinTable(): PinyinTable {
  const readings: string[] = []
  for (let offset = 0; offset < COUNT; offset++) {
    const character = String.fromCharCode(FIRST + offset)
    const reading = pinyin(character, toneless)[0] ?? ''
    readings.push(/^[a-zü]+$/.test(reading) ? reading.replace('ü', 'v') : '')
  }
  const syllables = [...new Set(readings.filter(Boolean))].sort()
  const codes = readings.map((reading) => (reading ? encode(syllables.indexOf(reading)) : '--')).join('')
  const surnames: Record<string, string> = {}
  for (const name of new Set(SURNAMES)) {
    const asSurname = pinyin(name, { ...toneless, mode: 'surname' }).join(' ').replace(/ü/g, 'v')
    const plain = [...name].map((character) => readings[character.charCodeAt(0) - FIRST] ?? '').join(' ')
    if (asSurname && (name.length > 1 || asSurname !== plain)) surnames[name] = asSurname
  }
  return { syllables, codes, surnames }
}

function encode(index: number): string {
  return DIGITS.charAt(index >> 6) + DIGITS.charAt(index & 63)
}

export function pinyinTable(): Plugin {
  return {
    name: 'yihu-pinyin',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(makePinyinTable()))})` : undefined),
  }
}
