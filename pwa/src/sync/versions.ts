/** Dots, version vectors and bases: what an author had seen, without clocks (PROTOCOL.md N-4, C-7). */

/** `[replica, seq]`, seq counting from 1 without gaps per file and replica. */
export type Dot = [string, number]
export interface Vector { [replica: string]: number }

/** What a form showed when it was opened: everything under `vector` but the dots in `except` (sorted). */
export interface Base { vector: Vector; except: Dot[] }

export function emptyBase(): Base {
  return { vector: {}, except: [] }
}

export function dotKey(dot: Dot): string {
  return dot[0] + ':' + dot[1]
}

/** True where the author of `base` had seen `dot`. */
export function covers(base: Base, dot: Dot): boolean {
  const seen = has(base.vector, dot[0]) ? base.vector[dot[0]] : 0
  if (seen < dot[1]) return false
  for (const gap of base.except) if (gap[0] === dot[0] && gap[1] === dot[1]) return false
  return true
}

/** By replica, then seq. Replica ids are ASCII, so `<` is code point order. */
export function compareDots(a: Dot, b: Dot): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] - b[1]
}

/** The greatest of both, replica by replica. */
export function joinVectors(a: Vector, b: Vector): Vector {
  const joined: Vector = {}
  for (const replica of Object.keys(a)) joined[replica] = a[replica]
  for (const replica of Object.keys(b)) joined[replica] = Math.max(has(joined, replica) ? joined[replica] : 0, b[replica])
  return joined
}

/** The base that has seen exactly `dots`: the vector above them and, as `except`, what is missing under it. */
export function baseOf(dots: Dot[]): Base {
  const vector: Vector = {}
  const present: { [key: string]: true } = {}
  for (const dot of dots) {
    present[dotKey(dot)] = true
    vector[dot[0]] = Math.max(has(vector, dot[0]) ? vector[dot[0]] : 0, dot[1])
  }
  const except: Dot[] = []
  for (const replica of Object.keys(vector)) {
    for (let seq = 1; seq < vector[replica]; seq++) if (!present[dotKey([replica, seq])]) except.push([replica, seq])
  }
  return { vector, except: except.sort(compareDots) }
}

export function has(object: object, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, key)
}
