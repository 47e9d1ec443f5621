/** What is recorded with every key closed: sealed to the vault's inbox, to be signed at the next full unlock. */
import { write, type VaultDatabase } from './database'
import { INBOX_INFO, sealTo } from './sealing'
import { encode } from './suite'
import { inboxKeyOf } from './unlock'

export async function putInInbox(database: VaultDatabase, id: string, value: unknown, at: number): Promise<void> {
  const body = await sealTo(await inboxKeyOf(database), encode(JSON.stringify(value)), `${INBOX_INFO}/${id}`)
  await write(database, ['inbox'], async (transaction) => void (await transaction.objectStore('inbox').put({ id, at, body })))
}
