/** A waiting change as difference from the file as it is now: what stands, what was written, and whether they meet. Pure. */
import type { Operation } from '../../sync/change'
import type { FoldedFile } from '../../sync/fold'

export interface Difference {
  /** Index of the operation it belongs to. */
  op: number
  path: string
  what: 'wrote' | 'added' | 'removed' | 'began' | 'struck_out' | 'brought_back'
  now: unknown // undefined: nobody wrote anything
  said: unknown
  isSame: boolean
}

export function differencesOf(ops: readonly Operation[], state: FoldedFile | null): Difference[] {
  return ops.flatMap((op, index) => ofOperation(op, index, state))
}

function ofOperation(op: Operation, index: number, state: FoldedFile | null): Difference[] {
  if (op.op === 'append') {
    const path = `${op.path}/${op.id}`
    const exists = Boolean(state?.elements[path])
    const began: Difference = { op: index, path, what: 'began', now: undefined, said: undefined, isSame: exists }
    return [began, ...Object.keys(op.value).map((name) => written(index, `${path}/${name}`, 'wrote', op.value[name], state))]
  }
  if (!('value' in op)) {
    const isVoided = state?.elements[op.path]?.voided ?? false
    const what = op.op === 'void' ? 'struck_out' : 'brought_back'
    return [{ op: index, path: op.path, what, now: undefined, said: undefined, isSame: isVoided === (op.op === 'void') }]
  }
  if (op.op === 'set') return [written(index, op.path, 'wrote', op.value, state)]
  const now = shown(state, op.path)
  const has = Array.isArray(now) && now.some((one) => one === op.value)
  return [{ op: index, path: op.path, what: op.op === 'add' ? 'added' : 'removed', now, said: op.value, isSame: has === (op.op === 'add') }]
}

function written(op: number, path: string, what: 'wrote', said: unknown, state: FoldedFile | null): Difference {
  const now = shown(state, path)
  return { op, path, what, now, said, isSame: now !== undefined && JSON.stringify(now) === JSON.stringify(said) }
}

function shown(state: FoldedFile | null, path: string): unknown {
  const found = state?.paths[path]
  return found?.status === 'conflict' ? found.stands : found?.value
}

/** The operations that would change something: what is entered again by default. An element that is here already is not begun twice. */
export function worthEntering(ops: readonly Operation[], differences: readonly Difference[]): number[] {
  return ops.flatMap((op, index) => {
    const of = differences.filter((one) => one.op === index)
    return (op.op === 'append' ? !of[0]?.isSame : of.some((one) => !one.isSame)) ? [index] : []
  })
}
