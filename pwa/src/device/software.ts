/** Which build of the app runs here: the name of the script that the page began with, which changes with any file of the app. */
export function softwareOf(): string {
  if (typeof document === 'undefined') return 'none'
  for (const script of Array.from(document.scripts)) {
    const found = /\/assets\/index-([\w-]{4,36})\.js$/.exec(script.src)
    if (found) return found[1] as string
  }
  return 'dev'
}
