/** Semantic conflicts in sentences: "写着 单桂英 2026-11-01 去世，2026-11-20 的走访却写着见到了本人". Pure; the file's words are passed in. */
import { semanticRules, type SemanticConflict } from './semantic'
import type { Locale } from './shapes'
import type { Words } from './words'

export interface SemanticWords {
  /** What kind of contradiction it is: "家庭人口和名单对不上". */
  title(conflict: SemanticConflict): string
  /** The contradiction itself, with its facts. */
  say(conflict: SemanticConflict): string
  /** What an offered way out is called. */
  offer(conflict: SemanticConflict, offer: string): string
  /** Whose business it is. */
  decides(conflict: SemanticConflict): string
}

const SAID = { 'zh-CN': { none: '没写', list: '、' }, en: { none: 'not written', list: ', ' } }

/** `words` of the file in which the elements stand; null where the conflict is between files. */
export function makeSemanticWords(kind: string, words: Words | null, locale: Locale): SemanticWords {
  const rules = semanticRules(kind)
  const ruleOf = (conflict: SemanticConflict) => rules.rules.find((rule) => rule.id === conflict.rule) ?? rules.across.find((rule) => rule.id === conflict.rule)
  const elementWords = (path: string): string => words?.element(path) ?? path
  const sayFact = (value: unknown): string => {
    if (value === null || value === undefined) return SAID[locale].none
    if (Array.isArray(value)) return value.map(sayFact).join(SAID[locale].list)
    const text = String(value)
    return /^[a-z_]+\/[0-9a-f]{32}$/.test(text) ? elementWords(text) : text
  }
  const fill = (template: string, conflict: SemanticConflict): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const element = conflict.names[name]
      return element ? elementWords(element) : sayFact(conflict.facts[name])
    })
  return {
    title: (conflict) => ruleOf(conflict)?.label[locale] ?? conflict.rule,
    say: (conflict) => fill(ruleOf(conflict)?.say[locale] ?? '', conflict),
    offer: (conflict, offer) => {
      const found = rules.rules.find((rule) => rule.id === conflict.rule)?.offers?.find((one) => one.id === offer)
      return found ? fill(found.label[locale], conflict) : offer
    },
    decides: (conflict) => ruleOf(conflict)?.decides ?? 'deputy',
  }
}
