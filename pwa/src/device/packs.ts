/**
 * The first sync: packs fetched in parts that survive a restart, checked whole by SHA-256, taken in a hundred files at a time.
 * Nothing counts until the cursor that comes after them is stored.
 */
import { gunzip, Problem } from '../api'
import { hex } from '../sync/change'
import type { PackedFile, PackHead } from '../sync/messages'
import { dropParts, putPart, readParts, type OpenVault, type StoredChange, type SyncState } from '../vault'
import { DeviceError } from './errors'
import type { Phone } from './phone'
import { takeIn, Verifier, type FileNews } from './taking-in'
import { checkPack } from './witness'

const PART_BYTES = 256 * 1024
// As many as a chunk of the index holds: each chunk is written about once, and a phone that is killed does at most this again.
const FILES_AT_ONCE = 100

export async function takePacks(phone: Phone, vault: OpenVault): Promise<string[]> {
  const faults: string[] = []
  for (;;) {
    const sync = await vault.readSync()
    const [pack, ...rest] = sync.packs
    if (!pack) return faults
    try {
      const bytes = await fetchPack(phone, vault, pack)
      faults.push(...(await takePack(phone, vault, bytes)))
    } catch (error) {
      // The server has made a newer one, or is another since: ask again from the beginning.
      const isGone = error instanceof Problem ? [404, 410, 416].includes(error.status) : error instanceof DeviceError && error.code.startsWith('log_')
      if (!isGone) throw error
      // By the cursor from before, which knows nothing of scopes read since: what lies here of them is asked for afterwards.
      await storeSync(phone, vault, { packs: [], cursor_after_packs: null, again: true, recheck: true })
      await dropParts(vault.database)
      return faults
    }
    await storeSync(phone, vault, rest.length ? { packs: rest } : { packs: [], cursor: sync.cursor_after_packs, cursor_after_packs: null })
    await dropParts(vault.database)
  }
}

async function storeSync(phone: Phone, vault: OpenVault, facts: Partial<SyncState>): Promise<void> {
  await phone.exclusively(async () => phone.commit(vault, { sync: { ...(await vault.readSync()), ...facts } }))
}

async function fetchPack(phone: Phone, vault: OpenVault, pack: SyncState['packs'][number]): Promise<Uint8Array> {
  const parts = await readParts(vault, pack.id)
  let have = parts.reduce((sum, part) => sum + part.length, 0)
  while (have < pack.bytes) {
    phone.say({ progress: { done: have, total: pack.bytes, what: 'download' } })
    const part = await phone.calls.packPart(pack.id, have, PART_BYTES)
    if (!part.length) throw new DeviceError('invalid', 'pack')
    await putPart(vault, pack.id, have, part)
    parts.push(part)
    have += part.length
  }
  const whole = new Uint8Array(have)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  const digest = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)))
  if (digest !== pack.sha256) {
    await dropParts(vault.database)
    throw new DeviceError('invalid', 'pack')
  }
  return whole
}

async function takePack(phone: Phone, vault: OpenVault, bytes: Uint8Array): Promise<string[]> {
  const lines = new TextDecoder().decode(await gunzip(bytes)).split('\n').filter(Boolean)
  const policy = phone.mustPolicy()
  const head = JSON.parse(lines[0] ?? '{}') as Partial<PackHead>
  if (head.type !== 'pack' || head.v !== 1 || head.deployment !== policy.deployment) throw new DeviceError('invalid', 'pack')
  await checkPack(phone, await vault.readSync(), head)
  const verifier = new Verifier(policy)
  const total = lines.length - 1
  const verified = (start: number): Promise<Map<string, FileNews>> => {
    const news = readBatch(verifier, lines.slice(start, start + FILES_AT_ONCE))
    news.catch(() => undefined) // awaited later, or never, when an earlier batch could not be stored
    return news
  }
  let coming = verified(1)
  for (let start = 1; start < lines.length; start += FILES_AT_ONCE) {
    phone.say({ progress: { done: start - 1, total, what: 'files' } })
    const news = await coming
    // Signatures of the next batch are checked by the browser's threads while this one is folded, encrypted and stored.
    coming = verified(start + FILES_AT_ONCE)
    const serverAt = phone.mustClear().server_at
    await phone.exclusively(async () => takeIn(phone, vault, news, [], await vault.readSync(), { serverAt, digests: {}, isTail: false }))
  }
  phone.say({ progress: null })
  return verifier.faults
}

/** What of some lines of a pack may be believed. */
async function readBatch(verifier: Verifier, lines: readonly string[]): Promise<Map<string, FileNews>> {
  const files = lines.map((line) => JSON.parse(line) as PackedFile)
  const believed = await Promise.all(files.map((packed) => Promise.all(packed.changes.map((one) => verifier.change(one.envelope, one.verdict)))))
  return new Map(
    files.map(({ file, kind, scope, changes: packed }, place) => {
      const changes: StoredChange[] = packed.filter((_, at) => believed[place]?.[at]).map(({ envelope, verdict }) => ({ envelope, verdict }))
      return [file, { kind, scope, changes, verdicts: [], entered: scope, left: false }]
    }),
  )
}
