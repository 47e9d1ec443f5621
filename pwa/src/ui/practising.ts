/** Whether this tab practises on invented households. Kept for the tab only: closed, it is over, and no other tab is touched. */
const KEY = 'yihu.practice'

export function isPractising(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null
  } catch {
    return false // storage refused: nothing to practise on either
  }
}

/** Loads the page anew: what was open is closed, and the device behind the screens is another one. */
export function practise(on: boolean): void {
  if (on) sessionStorage.setItem(KEY, '1')
  else sessionStorage.removeItem(KEY)
  location.assign('/')
}
