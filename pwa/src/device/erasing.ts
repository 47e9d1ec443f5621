/**
 * Files that two people of the station decided to erase (PROTOCOL.md section 17): the station's signed word, and nothing else,
 * makes this phone drop a file with everything that hangs on it: key, changes, own saves, drafts, photos.
 */
import type { Envelope } from '../sync/change'
import { SyncError } from '../sync/errors'
import { stationKeys } from '../sync/handover'
import { openSigned } from '../sync/signatures'
import { write, type OpenVault } from '../vault'
import type { ErasedNotice } from './access-contract'
import type { Line } from './entries'
import { noteErased } from './erased'
import type { Phone } from './phone'

/** Which files went. Repeating it is harmless; the next sync asks only for what is newer. */
export async function obeyErasures(phone: Phone, vault: OpenVault, told: readonly Envelope[]): Promise<{ files: ReadonlySet<string>; faults: string[] }> {
  const policy = phone.mustPolicy()
  const keys = await stationKeys(policy)
  const files = new Set<string>()
  const notices: ErasedNotice[] = []
  const faults: string[] = []
  let newest = 0
  for (const envelope of told) {
    try {
      const said = await openSigned(envelope, keys, 'erasure', policy.deployment)
      if (said.station !== policy.station.id || typeof said.file !== 'string') continue
      files.add(said.file)
      notices.push({ file: said.file, name: '', at: Number(said.at), by: Array.isArray(said.by) ? said.by.map(String).filter(Boolean) : [], saves: 0, toldAt: phone.now() })
      newest = Math.max(newest, Number(said.at))
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      faults.push(error.code)
    }
  }
  if (!files.size) return { files, faults }
  await phone.exclusively(async () => {
    const sync = await vault.readSync()
    const held = (await vault.listFiles()).filter((file) => files.has(file))
    const rows = (await vault.database.getAll('outbox')).filter((row) => files.has(row.file))
    const saves = rows.map((row) => row.id)
    for (const notice of notices) {
      const line = vault.entries.find((entry) => entry.file === notice.file)?.line as Line | undefined
      notice.name = line?.household?.headName ?? line?.leaving?.headName ?? ''
      notice.saves = rows.filter((row) => row.file === notice.file && !row.received && !row.dismissed).length
    }
    const drafts = (await vault.database.getAll('drafts')).filter((row) => row.file !== null && files.has(row.file)).map((row) => row.id)
    const photos = (await vault.database.getAll('attachments')).filter((row) => files.has(row.file)).map((row) => row.id)
    await write(vault.database, ['attachments'], async (transaction) => {
      for (const id of photos) await transaction.objectStore('attachments').delete(id)
    })
    const damaged = sync.damaged.filter((file) => !files.has(file))
    await phone.commit(vault, { removeFiles: held, removeOutbox: saves, removeDrafts: drafts, sync: { ...sync, damaged, erased: Math.max(sync.erased ?? 0, newest) } })
    // Of a file that was never here there is nothing to tell.
    const here = new Set([...held, ...rows.map((row) => row.file)])
    const told = notices.filter((one) => here.has(one.file))
    if (told.length) await noteErased(phone, told).catch(() => undefined)
  })
  return { files, faults }
}
