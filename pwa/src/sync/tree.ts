/** The Merkle tree over the log as a phone needs it (PROTOCOL.md 14, L-1 to L-4): leaves, and proofs checked as RFC 9162 has them. */
import { sha256 } from '@noble/hashes/sha2.js'
import { hex, utf8 } from './change'

export const EMPTY_ROOT = hex(sha256(new Uint8Array(0)))

/** L-1: the leaf of an entry is its verdict's very text. */
export function leafHash(verdictBody: string): string {
  return hash(0, utf8(verdictBody))
}

/** L-3: whether the proof shows that the log of `size` leaves begins with the one of `old`. */
export function isConsistent(old: number, oldRoot: string, size: number, root: string, proof: readonly string[]): boolean {
  if (old > size || old < 0) return false
  if (old === size) return !proof.length && oldRoot === root
  if (old === 0) return !proof.length && oldRoot === EMPTY_ROOT
  const path = isPowerOfTwo(old) ? [oldRoot, ...proof] : proof
  if (!path.length) return false
  let left = old - 1
  let right = size - 1
  while (odd(left)) [left, right] = [half(left), half(right)]
  let forOld = path[0] as string
  let forNew = forOld
  for (const step of path.slice(1)) {
    if (right === 0) return false
    if (odd(left) || left === right) {
      forOld = nodeHash(step, forOld)
      forNew = nodeHash(step, forNew)
      while (left && !odd(left)) [left, right] = [half(left), half(right)]
    } else forNew = nodeHash(forNew, step)
    ;[left, right] = [half(left), half(right)]
  }
  return right === 0 && forOld === oldRoot && forNew === root
}

/** L-4: whether the proof shows that this leaf stands at that place (from 0) in the log with this root. */
export function isIncluded(leaf: number, leafOf: string, size: number, root: string, proof: readonly string[]): boolean {
  if (leaf < 0 || leaf >= size) return false
  let place = leaf
  let last = size - 1
  let joined = leafOf
  for (const step of proof) {
    if (last === 0) return false
    if (odd(place) || place === last) {
      joined = nodeHash(step, joined)
      while (place && !odd(place)) [place, last] = [half(place), half(last)]
    } else joined = nodeHash(joined, step)
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && joined === root
}

export function nodeHash(left: string, right: string): string {
  const bytes = new Uint8Array(64)
  for (const [at, text] of [left, right].entries()) for (let i = 0; i < 32; i++) bytes[at * 32 + i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return hash(1, bytes)
}

function hash(mark: number, bytes: Uint8Array): string {
  const whole = new Uint8Array(bytes.length + 1)
  whole[0] = mark
  whole.set(bytes, 1)
  return hex(sha256(whole))
}

// Places of a log outgrow the 32 bits of JavaScript's bitwise operators.
const odd = (number: number): boolean => number % 2 === 1
const half = (number: number): number => Math.floor(number / 2)

function isPowerOfTwo(number: number): boolean {
  while (number > 1 && !odd(number)) number = half(number)
  return number === 1
}
