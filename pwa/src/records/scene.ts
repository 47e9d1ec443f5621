/** A folded file from the short form that vectors hold; mirror of tests/schemas/scene.py. Only tests import this. */
import type { FoldedLike } from './shapes'

interface Short { [field: string]: unknown }

export function makeState(scene: Short): FoldedLike {
  const state: FoldedLike = { file: 'f1'.repeat(16), kind: 'household', paths: {}, elements: {}, sections: {} }
  const write = (path: string, value: unknown): void => { state.paths[path] = { status: 'settled', value } }
  for (const name of Object.keys(scene)) {
    const value = scene[name]
    if (!Array.isArray(value) || typeof value[0] !== 'object' || value[0] === null) {
      write(name, value)
      continue
    }
    ;(value as Short[]).forEach((element, place) => {
      const id = (element['$id'] as string | undefined) ?? place.toString(16).padStart(32, '0')
      state.elements[`${name}/${id}`] = { collection: name, id, voided: element['$voided'] === true }
      state.sections![`${name}/${id}`] = { status: (element['$status'] as string | undefined) ?? 'draft' }
      for (const field of Object.keys(element)) if (field.charAt(0) !== '$') write(`${name}/${id}/${field}`, element[field])
    })
  }
  return state
}
