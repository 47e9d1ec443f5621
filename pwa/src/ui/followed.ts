/** Something that a screen shows and that changes while it is looked at: read at once, read again whenever it changed, until the screen goes. */
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sayError, type ErrorWords } from '../i18n/errors'

export interface Followed<T> { value: ShallowRef<T | null>; failure: Ref<ErrorWords | null>; load(): Promise<void> }

export function useFollowed<T>(read: () => Promise<T>, follow: (changed: () => void) => () => void): Followed<T> {
  const value = shallowRef<T | null>(null)
  const failure = ref<ErrorWords | null>(null)
  async function load(): Promise<void> {
    try {
      value.value = await read()
      failure.value = null
    } catch (error) {
      failure.value = sayError(error)
    }
  }
  let stop: (() => void) | null = null
  onMounted(() => {
    void load()
    stop = follow(() => void load())
  })
  onBeforeUnmount(() => stop?.())
  return { value, failure, load }
}
