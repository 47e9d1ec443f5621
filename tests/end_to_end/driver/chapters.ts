/** A story is told in chapters: each begins where the one before it ended. */
import { basename } from 'node:path'
import { beforeEach, onTestFailed } from 'vitest'
import type { TestBrowser } from './browser'

/** After a chapter that failed the others are skipped, and a picture shows what each of these people's screens stood at. */
export function tellInChapters(people: () => Iterable<{ browser: TestBrowser } | undefined>): void {
  let isBroken = false
  beforeEach((context) => {
    if (isBroken) context.skip()
    onTestFailed(async () => {
      isBroken = true
      const story = basename(context.task.file.name, '.test.ts')
      for (const person of people()) await person?.browser.screenshot(`failed-${story}-${person.browser.name}`).catch(() => undefined)
    })
  })
}
