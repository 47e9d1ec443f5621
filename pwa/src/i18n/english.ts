/** All English words, one file: whoever reads English fetches them at once, and the first load of everybody else names one file, not sixty. */
const files = import.meta.glob<Record<string, string>>('./en/*.json', { eager: true, import: 'default' })

export const englishOf = (file: string): Record<string, string> | undefined => files[`./en/${file}.json`]
