/** When to offer the home screen: not again within a month of a no. Updates and the install event itself are the worker's. */
import { ref } from 'vue'

const KEY = 'yihu.install-later'
const MONTH_MS = 30 * 86_400_000

function refusedAt(): number {
  try {
    return Number(localStorage.getItem(KEY) ?? 0)
  } catch {
    return 0 // asked again next time
  }
}

export const mayOfferInstall = ref(Date.now() - refusedAt() > MONTH_MS)
export const updateLater = ref(false)

export function installLater(): void {
  mayOfferInstall.value = false
  try {
    localStorage.setItem(KEY, String(Date.now()))
  } catch {
    // asked again next time
  }
}
