/**
 * Words in what people wrote: every household that is open on this phone is read for a moment, one after another, and forgotten
 * again. It says where a word stands, not what stands there: reading it is opening the file, which counts as such. Fields that
 * are restricted are not looked into.
 */
import { findField } from '../records'
import type { FoldedFile, Rules } from '../sync/fold'
import type { FileBody } from '../vault'
import type { FoundNote, NotesLook } from './contract'
import { HOUSEHOLD } from './entries'
import { foldFile, readStored } from './file-state'
import { othersOf } from './merged'
import type { Phone } from './phone'
import { normalise } from './search'

const BATCH = 25
const WRITTEN_MIN = 100 // characters that a field takes: shorter ones are names and numbers, which the list finds by itself
const RESTRICTED = 3

/** `tell` hears how far it is, and stops it by `false`. */
export async function findInNotes(phone: Phone, query: string, tell: (look: NotesLook) => boolean): Promise<void> {
  const vault = phone.mustVault()
  const words = wordsOf(query)
  const files = phone.state.households.map((one) => one.fileId)
  const look: NotesLook = { done: 0, total: files.length, found: [], failed: 0 }
  for (let start = 0; words.length && start < files.length; start += BATCH) {
    const read = await Promise.all(files.slice(start, start + BATCH).map((file) => vault.readFile(file).catch(() => null)))
    for (const one of read) {
      if (!one) look.failed += 1
      else {
        const others = await othersOf(vault, one.body)
        const found = readNotes(phone.rulesOf(HOUSEHOLD), one.body, phone.replicas, words, others)
        if (found) look.found = [...look.found, found]
      }
    }
    look.done = Math.min(files.length, start + BATCH)
    if (!tell({ ...look })) return
    await new Promise((resolve) => setTimeout(resolve)) // the screen stays alive
    if (phone.vault !== vault) return
  }
  tell({ ...look, done: look.total })
}

export const wordsOf = (query: string): string[] => normalise(query).split(/\s+/).filter(Boolean)

/** Folding is dear: only a file whose changes hold every word somewhere is folded, to see whether it still stands. */
export function readNotes(rules: Rules, body: FileBody, replicas: ReadonlySet<string>, words: readonly string[], others: readonly FileBody[] = []): FoundNote | null {
  const all = [body, ...others]
  const raw = all.map((one) => one.changes.map(({ envelope }) => normalise(envelope.body)).join('\n')).join('\n')
  if (!words.every((word) => raw.includes(word))) return null
  const state = foldFile(rules, all.flatMap(readStored), replicas, body.file)
  const places = placesOf(state, words)
  return places.length ? { fileId: body.file, places } : null
}

function placesOf(state: FoldedFile, words: readonly string[]): FoundNote['places'] {
  const places: FoundNote['places'] = []
  for (const [path, register] of Object.entries(state.paths)) {
    const [collection, id, name] = path.split('/')
    const field = findField(state.kind, path)
    if (field?.type !== 'text' || (field.length_max ?? 200) < WRITTEN_MIN || (field.sensitivity ?? 1) >= RESTRICTED) continue
    if (name && state.elements[`${collection}/${id}`]?.voided) continue
    const text = normalise([register.value, register.stands].flat().filter((one) => typeof one === 'string').join('\n'))
    if (words.every((word) => text.includes(word))) places.push({ path, on: name ? dayOfElement(state, `${collection}/${id}`) : null })
  }
  return places
}

/** The first day that an element says of itself: of a visit when it was made, of a note when it was written. */
function dayOfElement(state: FoldedFile, element: string): string | null {
  const own = Object.keys(state.paths).filter((path) => path.startsWith(`${element}/`) && path.endsWith('_on') && findField(state.kind, path)?.type === 'date').sort()
  const days = own.map((path) => state.paths[path]?.value).filter((value): value is string => typeof value === 'string')
  return days[0] ?? null
}
