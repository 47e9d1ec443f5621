/** Short words after an act ("已存在手机里"). Read aloud politely, gone by themselves; nothing that must be acted on belongs here. An act may be taken back while they stand. */
import { reactive } from 'vue'

export interface Undo { word: string; act: () => unknown }
export interface Toast { id: number; text: string; kind: 'good' | 'plain' | 'bad'; undo?: Undo }

const UNDO_MS = 10_000

export const toasts = reactive<Toast[]>([])
let last = 0

export function toast(text: string, kind: Toast['kind'] = 'plain', undo?: Undo): void {
  last += 1
  const id = last
  const same = toasts.findIndex((one) => one.text === text && one.kind === kind)
  if (same >= 0) toasts.splice(same, 1) // said again, not stacked: it must not cover the page
  toasts.push({ id, text, kind, ...(undo ? { undo } : {}) })
  if (toasts.length > 2) toasts.shift()
  setTimeout(() => drop(id), undo ? UNDO_MS : 3000 + text.length * 120)
}

export function drop(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
