/**
 * What is being typed, kept encrypted and at most two seconds behind. A draft of a household is under that file's key, so the
 * route opens it too; others under the vault's or the route's; with everything closed it is sealed to the inbox.
 */
import { hex } from '../sync/change'
import { write, type VaultDatabase } from './database'
import { VaultError } from './errors'
import type { OpenVault } from './open-vault'
import type { DraftRow } from './rows'
import { INBOX_INFO, openSealed, sealTo } from './sealing'
import { inboxKeyOf } from './unlock'
import { decode, encode, openJson, sealJson } from './suite'
import { fromBase64url } from '../sync/signatures'

export interface Draft {
  key: string
  value: unknown
  at: number
}

const LAYERS = ['vault', 'route', 'file', 'inbox'] as const

export class Drafts {
  constructor(
    private readonly database: VaultDatabase,
    private readonly vault: OpenVault | null,
  ) {}

  async save(key: string, value: unknown, at: number): Promise<void> {
    const row = await this.seal({ key, value, at })
    await write(this.database, ['drafts'], async (transaction) => void (await transaction.objectStore('drafts').put(row)))
  }

  async load(key: string): Promise<Draft | null> {
    const hash = await hashOf(key)
    const rows = await Promise.all(LAYERS.map((layer) => this.database.get('drafts', `${hash}:${layer}`)))
    const drafts = await Promise.all(rows.map((row) => (row ? this.tryOpen(row) : null)))
    return newest(drafts)
  }

  /** Those that this mode opens; the newest of each key. */
  async list(): Promise<Draft[]> {
    const opened = await Promise.all((await this.database.getAll('drafts')).map((row) => this.tryOpen(row)))
    const byKey = new Map<string, Draft>()
    for (const draft of opened) if (draft && draft.at > (byKey.get(draft.key)?.at ?? -1)) byKey.set(draft.key, draft)
    return [...byKey.values()]
  }

  /** Row ids of a draft: what a save removes in its own transaction. */
  async idsOf(key: string): Promise<string[]> {
    const hash = await hashOf(key)
    return LAYERS.map((layer) => `${hash}:${layer}`)
  }

  async remove(key: string): Promise<void> {
    const ids = await this.idsOf(key)
    await write(this.database, ['drafts'], async (transaction) => {
      for (const id of ids) await transaction.objectStore('drafts').delete(id)
    })
  }

  /** Moves drafts under the route's key to the vault's, before the route's key is replaced. Main mode only. */
  async rescue(): Promise<void> {
    for (const row of await this.database.getAll('drafts')) {
      if (row.layer !== 'route') continue
      const draft = await this.tryOpen(row)
      if (!draft) continue
      await this.save(draft.key, draft.value, draft.at)
      await write(this.database, ['drafts'], (transaction) => transaction.objectStore('drafts').delete(row.id))
    }
  }

  private async seal(draft: Draft): Promise<DraftRow> {
    const hash = await hashOf(draft.key)
    const file = await this.fileIn(draft.key)
    const layer = !this.vault ? 'inbox' : file ? 'file' : this.vault.mode === 'main' ? 'vault' : 'route'
    const id = `${hash}:${layer}`
    const row = { id, layer, file, at: draft.at } as const
    if (!this.vault) return { ...row, body: null, inbox: await sealTo(await inboxKeyOf(this.database), encode(JSON.stringify(draft)), `${INBOX_INFO}/${id}`) }
    const key = file ? await this.vault.fileKeyOf(file) : this.vault.ownKey
    return { ...row, body: await sealJson(key, draft, { store: 'drafts', id, at: draft.at }), inbox: null }
  }

  /** Null for one that this mode cannot open or that is damaged: a draft that cannot be read never stops another. */
  private async tryOpen(row: DraftRow): Promise<Draft | null> {
    try {
      if (row.layer === 'inbox') {
        if (!this.vault?.secrets || !row.inbox) return null
        return JSON.parse(decode(await openSealed(fromBase64url(this.vault.secrets.inbox), row.inbox, `${INBOX_INFO}/${row.id}`))) as Draft
      }
      const key = await this.keyOf(row)
      return key && (await openJson<Draft>(key, row.body ?? undefined, { store: 'drafts', id: row.id, at: row.at }))
    } catch (error) {
      if (error instanceof VaultError) return null
      throw error
    }
  }

  private async keyOf(row: DraftRow): Promise<CryptoKey | null> {
    if (!this.vault) return null
    if (row.layer === 'file') return this.vault.fileKeyOf(row.file ?? '')
    if (row.layer === 'vault') return this.vault.mode === 'main' ? this.vault.ownKey : null
    return this.vault.routeKey
  }

  /** The file that a draft's key names, when this phone has it and this mode opens it. */
  private async fileIn(key: string): Promise<string | null> {
    if (!this.vault) return null
    for (const id of key.match(/[0-9a-f]{32}/g) ?? []) {
      const opens = await this.vault.fileKeyOf(id).then(() => true, () => false) // prettier-ignore
      if (opens) return id
    }
    return null
  }
}

function newest(drafts: (Draft | null)[]): Draft | null {
  return drafts.reduce<Draft | null>((best, draft) => (draft && draft.at > (best?.at ?? -1) ? draft : best), null)
}

async function hashOf(key: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', encode(key) as BufferSource))).slice(0, 32)
}
