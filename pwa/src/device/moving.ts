/** A file that moves to another patch, and two files that are one household: what their screens ask of the phone. */
import { OPERATIONS_MAX } from '../sync/change'
import { drawerOf } from '../sync/drawers'
import type { FileView, MoveOptions } from './contract'
import { DeviceError } from './errors'
import { wordsToCarry } from './merged'
import type { Phone } from './phone'
import { listRestricted } from './restricted'
import { openFile, partsOf, save } from './saving'

/** Whether it goes at once, or the deputies of that patch are asked, the verdict says (PROTOCOL D-12). */
export async function transferFile(phone: Phone, view: FileView, scope: string, options: MoveOptions = {}): Promise<string> {
  // What few know about the household goes along, into the drawer beside its new patch.
  for (const file of listRestricted(phone, view.fileId)) {
    await save(phone, { ...partsOf(await openFile(phone, file), [], { ...options, act: 'transfer' }), move: { to: drawerOf(scope) } })
  }
  return save(phone, { ...partsOf(view, [], { ...options, act: 'transfer' }), move: { to: scope } })
}

/** From now on the survivor shows both, late changes too; each file keeps its own history (F-14). */
export function mergeFiles(phone: Phone, survivor: FileView, absorbed: FileView, options: MoveOptions = {}): Promise<string> {
  if (survivor.fileId === absorbed.fileId) throw new DeviceError('invalid', 'no file absorbs itself')
  return save(phone, { ...partsOf(survivor, [], { ...options, act: 'merge' }), move: { merge: { file: absorbed.fileId, base: absorbed.base } } })
}

/** Parts them again. What was written meanwhile about the other file's own is entered there again, as an ordinary save. */
export async function undoMerge(phone: Phone, survivor: FileView, absorbed: string, options: MoveOptions = {}): Promise<string> {
  const holder = survivor.state.absorbs.find(({ file }) => file === absorbed)?.by
  if (!holder) throw new DeviceError('not_found', 'that file is not merged into this one')
  const alone = await openFile(phone, absorbed)
  const carried = wordsToCarry(survivor.state, alone.state, phone.rulesOf(survivor.kind))
  const view = holder === survivor.fileId ? survivor : await openFile(phone, holder)
  const change = await save(phone, { ...partsOf(view, [], { ...options, act: 'unmerge' }), move: { merge: { file: absorbed } } })
  for (let start = 0; start < carried.length; start += OPERATIONS_MAX) {
    await save(phone, partsOf(await openFile(phone, absorbed), carried.slice(start, start + OPERATIONS_MAX), options))
  }
  return change
}
