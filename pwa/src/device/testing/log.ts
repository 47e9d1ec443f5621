/** For tests: a server's log by definition: every root and proof is computed from all its leaves. */
import { EMPTY_ROOT, leafHash, nodeHash } from '../../sync/tree'

export const EPOCH = 2 ** 32

export interface Epoch { number: number; leaf: number }

export function rootOf(leaves: readonly string[]): string {
  if (leaves.length < 2) return leaves[0] ?? EMPTY_ROOT
  const split = splitOf(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

export function proofOf(old: number, leaves: readonly string[], isWhole = true): string[] {
  if (old === 0) return []
  if (old === leaves.length) return isWhole ? [] : [rootOf(leaves)]
  const split = splitOf(leaves.length)
  if (old <= split) return [...proofOf(old, leaves.slice(0, split), isWhole), rootOf(leaves.slice(split))]
  return [...proofOf(old - split, leaves.slice(split), false), rootOf(leaves.slice(0, split))]
}

export function leavesOf(signed: readonly { body: string }[]): string[] {
  return signed.map(({ body }) => leafHash(body))
}

/** Where the next entry stands. */
export function placeOf(epochs: readonly Epoch[], leaf: number): number {
  const epoch = epochs[epochs.length - 1] as Epoch
  return (epoch.number - 1) * EPOCH + 1 + leaf - epoch.leaf
}

function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
