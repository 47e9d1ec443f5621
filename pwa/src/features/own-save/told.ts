/** One save told field by field: what was typed, and beside it why the server refused it. Pure; wording is the screen's. */
import type { Operation } from '../../sync/change'
import type { OwnSave } from '../../device'
import type { SaidReason } from '../../i18n/reasons'

export interface ToldField {
  key: string
  what: 'wrote' | 'added' | 'removed' | 'began' | 'struck_out' | 'brought_back'
  path: string
  value: unknown
  reasons: SaidReason[]
}

const WHOLE = { void: 'struck_out', restore: 'brought_back' } as const
const PARTS = { set: 'wrote', add: 'added', remove: 'removed' } as const

/** Each reason stands beside the field or the operation it speaks of; what is left speaks of the whole save. */
export function tellSave(save: Pick<OwnSave, 'ops' | 'reasons'>): { fields: ToldField[]; general: SaidReason[] } {
  const used = new Set<SaidReason>()
  const fields = save.ops.flatMap((op, index) => fieldsOf(op, index))
  for (const field of fields) for (const reason of save.reasons) if (reason.path === field.path) place(field, reason, used)
  for (const reason of save.reasons) {
    if (used.has(reason) || reason.op === undefined) continue
    const of = fields.find((field) => field.key.split(':')[0] === String(reason.op))
    if (of) place(of, reason, used)
  }
  return { fields, general: save.reasons.filter((reason) => !used.has(reason)) }
}

function place(field: ToldField, reason: SaidReason, used: Set<SaidReason>): void {
  if (used.has(reason)) return
  field.reasons.push(reason)
  used.add(reason)
}

function fieldsOf(op: Operation, index: number): ToldField[] {
  if (op.op === 'append') {
    const path = `${op.path}/${op.id}`
    const began: ToldField = { key: `${index}:`, what: 'began', path, value: undefined, reasons: [] }
    return [began, ...Object.keys(op.value).map((name): ToldField => ({ key: `${index}:${name}`, what: 'wrote', path: `${path}/${name}`, value: op.value[name], reasons: [] }))]
  }
  if (!('value' in op)) return [{ key: `${index}:`, what: WHOLE[op.op], path: op.path, value: undefined, reasons: [] }]
  return [{ key: `${index}:`, what: PARTS[op.op], path: op.path, value: op.value, reasons: [] }]
}
