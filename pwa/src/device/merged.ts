/**
 * Files that were merged: which belong together, what a fold of one of them needs beside its own changes, whose lines in the
 * index change with it, and what is said again when a merge is undone.
 */
import type { Change, Operation } from '../sync/change'
import { fieldRule } from '../sync/rules'
import type { FoldedFile, Rules } from '../sync/fold'
import type { FileBody, FileWrite, IndexEntry, OpenVault } from '../vault'
import type { FileView } from './contract'
import type { Line } from './entries'
import type { Phone } from './phone'

type Links = Map<string, Set<string>>

/** The other files of every merge that was ever made in this one, undone or not. */
export function mergesIn(body: FileBody): string[] {
  const merging = body.changes.filter(({ envelope }) => envelope.body.includes('"merge":{'))
  const files = merging.map(({ envelope }) => (JSON.parse(envelope.body) as Change).merge?.file)
  return [...new Set(files.filter((file): file is string => file !== undefined))].sort()
}

/** Every other file that was ever merged with this one, directly or not. */
export function circleOf(links: Links, file: string): string[] {
  const found = new Set([file])
  for (const name of found) for (const other of links.get(name) ?? []) found.add(other)
  found.delete(file)
  return [...found].sort()
}

/** Who was merged with whom, by the index and by bodies that are newer than it. */
export function linksOf(entries: readonly IndexEntry[], fresh: ReadonlyMap<string, FileBody> = new Map()): Links {
  const links: Links = new Map()
  const join = (file: string, others: readonly string[] = []): void => {
    for (const other of others) {
      links.set(file, (links.get(file) ?? new Set()).add(other))
      links.set(other, (links.get(other) ?? new Set()).add(file))
    }
  }
  for (const entry of entries) if (!fresh.has(entry.file)) join(entry.file, (entry.line as Line | undefined)?.merges)
  for (const body of fresh.values()) join(body.file, mergesIn(body))
  return links
}

/** What was merged with a file, as far as this vault holds it. On a route some of it may be locked away. */
export async function othersOf(vault: OpenVault, body: FileBody, fresh: ReadonlyMap<string, FileBody> = new Map()): Promise<FileBody[]> {
  const links = linksOf(vault.entries, new Map([...fresh, [body.file, body]]))
  const read = circleOf(links, body.file).map(async (file) => fresh.get(file) ?? (await vault.readFile(file).catch(() => null))?.body)
  return (await Promise.all(read)).filter((other): other is FileBody => Boolean(other))
}

/** The writes with their lines, and with those of files that show otherwise because of them. */
export async function lined(phone: Phone, vault: OpenVault, writes: readonly FileWrite[]): Promise<FileWrite[]> {
  const line = await phone.liner()
  const fresh = new Map(writes.map((write) => [write.body.file, write.body]))
  const links = linksOf(vault.entries, fresh)
  const all = new Map(writes.map((write) => [write.body.file, write]))
  const touched = writes.flatMap((write) => circleOf(links, write.body.file)).filter((file) => !all.has(file))
  for (const file of new Set(touched)) {
    const read = await vault.readFile(file).catch(() => null)
    if (read) all.set(file, { ...read, line: undefined })
  }
  const bodyOf = (file: string): FileBody | undefined => all.get(file)?.body
  const others = (file: string): FileBody[] => circleOf(links, file).map(bodyOf).filter((body): body is FileBody => Boolean(body))
  return [...all.values()].map((write) => ({ ...write, line: line(write.body, others(write.body.file)) }))
}

/** The file of the circle whose changes name a photo; photos stay with the file they were taken in. */
export async function fileOfPhoto(phone: Phone, file: string, sha256: string): Promise<string> {
  const vault = phone.mustVault()
  const body = (await vault.readFile(file))?.body
  const names = (one: FileBody): boolean => one.changes.some(({ envelope }) => envelope.body.includes(sha256))
  if (!body || names(body)) return file
  return (await othersOf(vault, body)).find(names)?.file ?? file
}

/**
 * Operations that give the absorbed file's own elements what the survivor shows of them, where that differs. Nothing is
 * carried that is not settled: several values stand in the survivor's history, and whoever undoes may look. Nor is a
 * strike-out: of a person who stood there twice one is struck out, and the parted file must not come back without.
 */
export function wordsToCarry(survivor: FoldedFile, alone: FoldedFile, rules: Rules): Operation[] {
  const operations: Operation[] = []
  for (const [element, own] of Object.entries(alone.elements)) {
    const shown = survivor.elements[element]
    if (shown && own.voided && !shown.voided) operations.push({ op: 'restore', path: element })
  }
  for (const [path, register] of Object.entries(survivor.paths)) {
    const [collection, id, field] = path.split('/')
    if (!field || field[0] === '$' || !alone.elements[`${collection ?? ''}/${id ?? ''}`]) continue
    const before = alone.paths[path]
    if (fieldRule(rules, path).policy === 'union') {
      const held = (before?.value ?? []) as (string | number)[]
      const shown = register.value as (string | number)[]
      for (const value of shown) if (!held.includes(value)) operations.push({ op: 'add', path, value })
      for (const value of held) if (!shown.includes(value)) operations.push({ op: 'remove', path, value })
    } else if (register.status !== 'conflict' && (!before || JSON.stringify(before.value) !== JSON.stringify(register.value))) {
      operations.push({ op: 'set', path, value: register.value })
    }
  }
  return operations
}

/** Given away by a transfer that was not answered yet, or moved where one works no more. */
export function isGivenAway({ state }: Pick<FileView, 'state'>, scopes: readonly string[]): boolean {
  const home = state.paths['$scope']
  return home !== undefined && !scopes.includes((home.value ?? home.stands) as string)
}
