/** Something that a screen fetches: what came, what went wrong, and trying again. For screens that need a network. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Loaded<T> { value: ShallowRef<T | null>; problem: Ref<unknown>; load(): Promise<void> }

export function useLoaded<T>(read: () => Promise<T>): Loaded<T> {
  const value = shallowRef<T | null>(null)
  const problem = ref<unknown>(null)
  let asked = 0
  async function load(): Promise<void> {
    const mine = ++asked
    problem.value = null
    try {
      const found = await read()
      if (mine === asked) value.value = found
    } catch (error) {
      if (mine === asked) problem.value = error
    }
  }
  void load()
  return { value, problem, load }
}
