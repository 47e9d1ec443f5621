import { inject, type App, type InjectionKey } from 'vue'

/** Sensitive text with its middle covered. Covers by characters, so a name of two or four and a surname of two all work. */
export function masked(value: string, kind: 'phone' | 'id' | 'text'): string {
  const characters = Array.from(value)
  const cover = (from: number, to: number) => characters.map((one, i) => (i >= from && i < to ? '•' : one)).join('')
  if (kind === 'phone') return characters.length > 7 ? cover(3, characters.length - 4) : cover(0, Math.max(0, characters.length - 2))
  if (kind === 'id') return characters.length > 10 ? cover(6, characters.length - 4) : cover(0, Math.max(0, characters.length - 2))
  return cover(1, characters.length)
}

const SEEN: InjectionKey<() => void> = Symbol('seen')

/** Whoever must be told that a covered value was looked at: the app, which knows the file that is open. */
export function provideSeen(app: App, onSeen: () => void): void {
  app.provide(SEEN, onSeen)
}
export const useSeen = (): (() => void) => inject(SEEN, () => undefined)
