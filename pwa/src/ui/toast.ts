/** Short words after an act ("已存在手机里"). Read aloud politely, gone by themselves; nothing that must be acted on belongs here. */
import { reactive } from 'vue'

export interface Toast { id: number; text: string; kind: 'good' | 'plain' | 'bad' }

export const toasts = reactive<Toast[]>([])
let last = 0

export function toast(text: string, kind: Toast['kind'] = 'plain'): void {
  last += 1
  const id = last
  const same = toasts.findIndex((one) => one.text === text && one.kind === kind)
  if (same >= 0) toasts.splice(same, 1) // said again, not stacked: it must not cover the page
  toasts.push({ id, text, kind })
  if (toasts.length > 2) toasts.shift()
  const shownMs = 3000 + text.length * 120
  setTimeout(() => {
    const at = toasts.findIndex((one) => one.id === id)
    if (at >= 0) toasts.splice(at, 1)
  }, shownMs)
}
