/** The log's vectors, as Python reads them in `tests/sync/test_log_vectors.py`. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { SyncError } from './errors'
import { epochOf, filesHash, isForgotten, mayForget, takeRestarts, takeRoot, takeSigned } from './log'
import { EMPTY_ROOT, isConsistent, isIncluded, leafHash, nodeHash } from './tree'
import { supersedes } from './verdict'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- vectors are data of many shapes
type Loose = any

const cases = JSON.parse(readFileSync(new URL('../../../tests/vectors/log.json', import.meta.url), 'utf8')) as { name: string; input: Loose; expect: Loose }[]

it.each(cases)('$name', ({ input, expect: expected }) => {
  expect(answer(input)).toEqual(expected)
})

function answer(given: Loose): Loose {
  if ('leaf_of' in given) return { leaf: leafHash(given.leaf_of) }
  if ('texts' in given) return { root: rootOf(given.texts.map(leafHash)) }
  if ('old' in given) return { consistent: isConsistent(given.old, given.old_root, given.size, given.root, given.proof) }
  if ('leaf' in given) return { included: isIncluded(given.leaf, given.leaf_hash, given.size, given.root, given.proof) }
  if ('position' in given) return { epoch: epochOf(given.position) }
  if ('accepted' in given) return { hash: filesHash(given.accepted) }
  if ('later' in given) return { replaces: supersedes(given.later, given.earlier) }
  if ('own' in given) return { may_forget: mayForget(given.own, given.backed_up) }
  if ('shown' in given) return { signed: takeSigned(given.memory, given.shown, { body: '', sig: '' }).signed !== null }
  if ('lost' in given) return { forgotten: isForgotten(given.memory, given.lost) }
  try {
    if ('restarts' in given) return { memory: takeRestarts(given.memory, given.restarts) }
    return { memory: takeRoot(given.memory, given.root, given.proof, null) }
  } catch (error) {
    if (error instanceof SyncError) return { code: error.code }
    throw error
  }
}

function rootOf(leaves: string[]): string {
  if (leaves.length < 2) return leaves[0] ?? EMPTY_ROOT
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}
