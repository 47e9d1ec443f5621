/** Dots, version vectors and bases: what an author had seen, without clocks (PROTOCOL.md N-4, C-7). */

/** `[replica, seq]`, seq counting from 1 without gaps per file and replica. */
export type Dot = [string, number]
export interface Vector { [replica: string]: number }

/** What a form showed when it was opened: everything under `vector` but the dots in `except` (sorted). */
export interface Base { vector: Vector; except: Dot[] }

/** Name of a dot of the file `of` in a fold or a base of the file `within`: `replica@file` unless they are one (N-7). */
export function dotWithin(dot: Dot, of: string, within: string): Dot {
  return [replicaWithin(dot[0], of, within), dot[1]]
}

/** The base of a change of the file `of`, under the names that the file `within` uses. */
export function baseWithin(base: Base, of: string, within: string): Base {
  if (of === within) return base
  const vector: Vector = {}
  for (const replica of Object.keys(base.vector)) vector[replicaWithin(replica, of, within)] = base.vector[replica] as number
  return { vector, except: base.except.map(dot => dotWithin(dot, of, within)).sort(compareDots) }
}

/** The other file whose dot this names, null for the own file's. */
export function fileOf(replica: string): string | null {
  return replica.split('@')[1] || null
}

function replicaWithin(replica: string, of: string, within: string): string {
  const [plain, named] = replica.split('@') as [string, string?]
  const file = named || of
  return file === within ? plain : plain + '@' + file
}

export function emptyBase(): Base {
  return { vector: {}, except: [] }
}

/** The dot as one text, `replica:seq`. */
export function dotText(dot: Dot): string {
  return dot[0] + ':' + dot[1]
}

/** True where a form with this base showed the change at `dot`. */
export function covers(base: Base, dot: Dot): boolean {
  return seqOf(base.vector, dot[0]) >= dot[1] && !excepts(base, dot)
}

function excepts(base: Base, dot: Dot): boolean {
  for (const gap of base.except) if (gap[0] === dot[0] && gap[1] === dot[1]) return true
  return false
}

/** By replica, then seq. Replica ids are ASCII, so `<` is code point order. */
export function compareDots(a: Dot, b: Dot): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] - b[1]
}

/** The base that covers exactly what at least one of the two covers. */
export function join(one: Base, other: Base): Base {
  const vector: Vector = { ...one.vector }
  for (const replica of Object.keys(other.vector)) vector[replica] = Math.max(seqOf(one.vector, replica), seqOf(other.vector, replica))
  const missed: { [dot: string]: Dot } = {}
  for (const dot of one.except) if (!covers(other, dot)) missed[dotText(dot)] = dot
  for (const dot of other.except) if (!covers(one, dot)) missed[dotText(dot)] = dot
  return { vector, except: Object.keys(missed).map(key => missed[key] as Dot).sort(compareDots) }
}

/** The base that covers exactly `dots`: what a fold of these changes shows. Gaps become exceptions. */
export function baseOf(dots: readonly Dot[]): Base {
  const vector: Vector = {}
  const present: { [dot: string]: true } = {}
  for (const dot of dots) {
    present[dotText(dot)] = true
    vector[dot[0]] = Math.max(seqOf(vector, dot[0]), dot[1])
  }
  const except: Dot[] = []
  for (const replica of Object.keys(vector)) {
    const last = seqOf(vector, replica)
    for (let seq = 1; seq < last; seq++) if (!present[replica + ':' + seq]) except.push([replica, seq])
  }
  return { vector, except: except.sort(compareDots) }
}

function seqOf(vector: Vector, replica: string): number {
  return has(vector, replica) ? (vector[replica] as number) : 0
}

/** Own keys only: a path named `constructor` is a path like any other. */
export function has(object: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, key)
}
