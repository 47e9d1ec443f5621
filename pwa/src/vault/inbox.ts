/**
 * What is recorded with every key closed: sealed to the vault's inbox, to be signed at the next full unlock; and to the station, for the
 * day on which the vault is wiped before that (PROTOCOL W-10).
 */
import { fromBase64url } from '../sync/signatures'
import { write, type VaultDatabase } from './database'
import { INBOX_INFO, LEFT_INFO, sealTo } from './sealing'
import { encode } from './suite'
import { inboxKeyOf } from './unlock'

export async function putInInbox(database: VaultDatabase, id: string, value: { at: number; record: unknown }, at: number): Promise<void> {
  const body = await sealTo(await inboxKeyOf(database), encode(JSON.stringify(value)), `${INBOX_INFO}/${id}`)
  const key = (await database.get('clear', 'clear'))?.sealing_key
  const left = encode(JSON.stringify({ type: 'left', at: value.at, record: value.record }))
  const station = key ? { station: await sealTo(fromBase64url(key), left, `${LEFT_INFO}/${id}`) } : {}
  await write(database, ['inbox'], async (transaction) => void (await transaction.objectStore('inbox').put({ id, at, body, ...station })))
}
