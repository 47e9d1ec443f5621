/**
 * The browser's half of `scripts/prove T-1a`: a working day on a phone whose every word is a canary, a crash in it, the lock, and the
 * profile as a thief finds it. Then the same phone with words written in clear: what the search must see.
 */
import { cpSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { PHONE, TestBrowser } from './driver/browser'
import { conclusion, field, recordUnlinked, recordVisit, search } from './driver/casework'
import { Person } from './driver/person'
import { EXIF_CANARY, makePhoto } from './driver/photo'

interface Given { origin: string; link: string; households: { file: string; head: string }[]; names: string[]; numbers: string[]; phones: string[]; notes: string[]; image: string; leaky: string }

const given = JSON.parse(readFileSync(process.env['YIHU_PROOF'] as string, 'utf8')) as Given
const { names, numbers, phones, notes, households } = given
const home = (at: number): string => `/households/${households[at]!.file}`
const COPY = { recursive: true, filter: (path: string) => !path.includes('Singleton') }
let worker: Person

afterAll(async () => worker?.browser.dispose())

test('a day of work, a crash, and the phone is gone', async () => {
  worker = new Person('林小满', await TestBrowser.open('stolen', PHONE), { password: '晚饭吃了三大碗米饭呀', pin: '739184' })
  await worker.enrol(given.link)
  await worker.statusSays(/已全部上传/, 60_000)

  // Reading and searching: names, numbers and telephones through lists, addresses and the address bar.
  for (const query of [names[1]!, phones[2]!, numbers[3]!.slice(-6)]) await search(worker, query)
  await worker.open(`${given.origin}/households?q=${encodeURIComponent(names[4]!)}`)
  await worker.unlockWithPassword()
  for (const at of [0, 1, 2, 3]) {
    await worker.goTo(home(at))
    await worker.sees(names[at]!)
  }
  // The route of today: three households.
  for (const at of [0, 1, 2]) {
    await worker.goTo(home(at))
    await worker.press('改风险、类别、下次走访')
    await field(worker, 'next_visit_on').locator('input').fill(new Date().toLocaleDateString('sv-SE'))
    await worker.page.getByRole('dialog').getByRole('button', { name: '存好', exact: true }).click()
    await worker.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await worker.goTo('/')
    await worker.page.getByRole('article', { name: names[at]!, exact: true }).getByRole('button', { name: '加到路线' }).click()
    await worker.sees('这些户，没网时用 PIN 就能打开。')
  }
  await worker.statusSays(/已全部上传/)
  await worker.browser.close()

  // In the village: no network, the PIN, visits with photos.
  await worker.browser.start()
  await worker.browser.setOffline(true)
  await worker.open(given.origin)
  await worker.unlockWithPin()
  const photo = await makePhoto(worker.page)
  for (const at of [0, 1]) await recordVisit(worker, home(at), names[at]!, `${notes[at]!} ${phones[at]!}`, photo)
  await recordUnlinked(worker, '上坪村', names[5]!, notes[5]!)
  // A draft that nobody saves, and words that are still being typed when the phone dies.
  await worker.goTo(`${home(2)}/assessment`)
  await conclusion(worker).fill(`${notes[6]!}${numbers[6]!}`)
  await worker.page.waitForTimeout(2500) // a draft is on disk at most two seconds behind
  await conclusion(worker).pressSequentially(notes[7]!)
  await worker.browser.kill()

  await worker.browser.start()
  await worker.browser.setOffline(true)
  await worker.open(`${given.origin}${home(2)}/assessment`)
  await worker.unlockWithPin()
  await conclusion(worker).waitFor()
  await expect.poll(() => conclusion(worker).inputValue()).toContain(notes[6]!) // the draft came back
  await recordVisit(worker, home(2), names[2]!, notes[2]!, photo)
  // Locked, he writes down one more, and leaves a word in a field.
  await worker.goTo('/me')
  await worker.press('锁上')
  await recordUnlinked(worker, '下坪村', names[8]!, notes[8]!)
  await worker.goTo('/record')
  await worker.page.getByRole('textbox').first().fill(names[9]!)
  await worker.page.waitForTimeout(12_000) // the browser writes what it would restore after some seconds
  await worker.browser.kill()
  cpSync(worker.browser.profile, given.image, COPY)
  console.log(`PROOF ${households.length} households, 3 visits with photos, 2 write-only records, 2 drafts, 1 crash`)
})

test('the same phone with words in clear: teeth', async () => {
  await worker.browser.start()
  await worker.browser.close() // after a crash Chromium writes no sessions for a while; one good end makes it write them again
  await worker.browser.start()
  await worker.open(given.origin)
  await worker.page.evaluate(async ([name, number, telephone, note]) => {
    localStorage.setItem('name', name!)
    await (await caches.open('leak')).put('/leak', new Response(number!))
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const asked = indexedDB.open('leak', 1)
      asked.onupgradeneeded = () => asked.result.createObjectStore('words')
      asked.onsuccess = () => done(asked.result)
      asked.onerror = () => fail(new Error('no database'))
    })
    await new Promise((done) => {
      const transaction = database.transaction('words', 'readwrite', { durability: 'strict' })
      transaction.objectStore('words').put(telephone, 1)
      transaction.oncomplete = done
    })
    const box = document.createElement('textarea')
    box.name = 'leak'
    document.body.append(box)
    box.focus()
    history.replaceState(null, '', `/households?q=${encodeURIComponent(note!)}`)
    document.cookie = `leak=${encodeURIComponent(note!)}; max-age=9999`
  }, [names[0]!, numbers[0]!, phones[0]!, notes[0]!])
  await worker.page.locator('textarea[name=leak]').pressSequentially(notes[0]!)
  await worker.page.waitForTimeout(12_000)
  await worker.browser.close()
  cpSync(worker.browser.profile, given.leaky, COPY)
  expect(EXIF_CANARY.length).toBeGreaterThan(5)
})
