import { expect, test } from 'vitest'
import { sha256Hex } from '../sync/change'
import type { Phone } from './phone'
import { enrolled, household, startServer } from './testing/phones'
import { SCOPE } from './testing/server'

const DRAWN = new TextEncoder().encode('drawn anew')
const rendered = sha256Hex('drawn anew')
const ORIGINAL = sha256Hex('as it was sent')

async function asking() {
  const server = await startServer()
  const device = await enrolled(server)
  const { fileId } = await device.createFile('household', SCOPE, household('单桂英'))
  await device.syncNow()
  const phone = (device as unknown as { phone: Phone }).phone
  const answer = (bytes: Uint8Array, rendering: string | null) => (phone.calls.attachment = async () => ({ bytes, rendering }))
  return { server, device, fileId, answer }
}

test('a photo comes as the station drew it anew, by its signed word, and is kept under the name of the original', async () => {
  const { server, device, fileId, answer } = await asking()
  answer(DRAWN, await server.render({ file: fileId, sha256: ORIGINAL, rendered }))
  expect(await (await device.readPhoto(fileId, ORIGINAL)).text()).toBe('drawn anew')
  answer(DRAWN, null)
  expect(await (await device.readPhoto(fileId, ORIGINAL)).text()).toBe('drawn anew') // from the vault
})

test('bytes that are neither the photo nor what the station drew of it are not taken', async () => {
  const { server, device, fileId, answer } = await asking()
  const word = { file: fileId, sha256: ORIGINAL, rendered }
  const refused = [null, 'nonsense', await server.render({ ...word, sha256: rendered }), await server.render({ ...word, file: '0'.repeat(32) }), await server.render({ ...word, rendered: ORIGINAL })]
  server.forge = true
  refused.push(await server.render(word))
  for (const rendering of refused) {
    answer(DRAWN, rendering)
    await expect(device.readPhoto(fileId, ORIGINAL)).rejects.toMatchObject({ code: 'damaged' })
  }
})
