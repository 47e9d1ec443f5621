/** The encrypted index: chunks of 100 entries, each written in the transaction of the record that it speaks of. */
import type { VaultDatabase } from './database'
import { VaultError } from './errors'
import type { IndexRow } from './rows'
import type { IndexEntry } from './secrets'
import { openJson, sealJson } from './suite'

export const CHUNK_ENTRIES = 100

interface Chunk {
  rev: number
  entries: Map<string, IndexEntry>
}

export class IndexStore {
  private readonly chunks = new Map<number, Chunk>()
  private readonly chunkOf = new Map<string, number>()
  /** Some chunk did not verify: the entries must be made again from the files. */
  damaged = false

  constructor(
    private readonly database: VaultDatabase,
    private readonly key: CryptoKey,
  ) {}

  get entries(): IndexEntry[] {
    return [...this.chunks.values()].flatMap((chunk) => [...chunk.entries.values()])
  }

  /** Reads chunks that are new or were written by another tab since. */
  async load(): Promise<void> {
    const rows = (await this.database.getAll('index')).filter((row) => this.chunks.get(row.chunk)?.rev !== row.rev)
    // Opened all at once: fifty chunks that wait for one another keep a slow phone from its list.
    const opened = await Promise.all(rows.map((row) => this.open(row)))
    rows.forEach((row, at) => {
      const entries = opened[at] as IndexEntry[]
      this.chunks.set(row.chunk, { rev: row.rev, entries: new Map(entries.map((entry) => [entry.file, entry])) })
      for (const entry of entries) this.chunkOf.set(entry.file, row.chunk)
    })
  }

  private async open(row: IndexRow): Promise<IndexEntry[]> {
    try {
      return await openJson<IndexEntry[]>(this.key, row.body, { store: 'index', id: String(row.chunk) })
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      this.damaged = true
      return []
    }
  }

  /** The rows to write so that the index holds `puts` and lacks `drops`. Call `took` when they are on disk. */
  async plan(puts: readonly IndexEntry[], drops: readonly string[]): Promise<{ rows: IndexRow[]; took: () => void }> {
    const touched = new Map<number, Map<string, IndexEntry>>()
    const homes = new Map<string, number>()
    const edit = (number: number): Map<string, IndexEntry> => {
      let entries = touched.get(number)
      if (!entries) touched.set(number, (entries = new Map(this.chunks.get(number)?.entries)))
      return entries
    }
    for (const file of drops) {
      const number = this.chunkOf.get(file)
      if (number !== undefined) edit(number).delete(file)
    }
    for (const entry of puts) {
      const number = this.chunkOf.get(entry.file) ?? this.roomyChunk(touched)
      edit(number).set(entry.file, entry)
      homes.set(entry.file, number)
    }
    const rows: IndexRow[] = []
    for (const [chunk, entries] of touched) {
      const body = await sealJson(this.key, [...entries.values()], { store: 'index', id: String(chunk) })
      rows.push({ chunk, rev: (this.chunks.get(chunk)?.rev ?? 0) + 1, body })
    }
    const took = () => {
      for (const row of rows) this.chunks.set(row.chunk, { rev: row.rev, entries: touched.get(row.chunk) ?? new Map() })
      for (const file of drops) this.chunkOf.delete(file)
      for (const [file, number] of homes) this.chunkOf.set(file, number)
    }
    return { rows, took }
  }

  private roomyChunk(touched: Map<number, Map<string, IndexEntry>>): number {
    const numbers = [...new Set([...this.chunks.keys(), ...touched.keys()])].sort((a, b) => a - b)
    const size = (number: number) => (touched.get(number) ?? this.chunks.get(number)?.entries)?.size ?? 0
    return numbers.find((number) => size(number) < CHUNK_ENTRIES) ?? (numbers[numbers.length - 1] ?? -1) + 1
  }
}
