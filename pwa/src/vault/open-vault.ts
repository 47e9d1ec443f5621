/**
 * A vault that is open: reads and writes files, index, outbox and state under the keys it holds in memory. Made by `unlock.ts`.
 * One commit is one strict transaction; everything is sealed before it begins and checked again inside it.
 */
import { fromBase64url, toBase64url } from '../sync/signatures'
import { write, type VaultDatabase } from './database'
import { VaultError } from './errors'
import { IndexStore } from './index-store'
import type { FileBody, FileRow, InboxRow, OutboxRow, StateRow } from './rows'
import { INBOX_INFO, openSealed, sealTo } from './sealing'
import type { IndexEntry, MainSecrets, RouteSecrets, SyncState } from './secrets'
import { importKey, newRawKey, open, openJson, seal, sealJson } from './suite'

export interface FileWrite {
  body: FileBody
  rev: number // as read; 0 for a new file
  line: unknown // its index entry; undefined keeps the file out of the index
}

export interface Commit {
  files?: FileWrite[]
  removeFiles?: string[]
  outbox?: OutboxRow[]
  removeOutbox?: string[]
  removeDrafts?: string[] // row ids
  removeInbox?: string[]
  secrets?: MainSecrets
  sync?: SyncState
  serverAt?: number
  contactAt?: number // when the server was heard, by this phone's clock
}

const COMMIT_TRIES = 3

interface Keys {
  vault: CryptoKey | null // main mode only
  raw: Uint8Array | null
  route: CryptoKey | null
  inbox: Uint8Array // public
}

export class OpenVault {
  private readonly fileKeys = new Map<string, { raw: Uint8Array; key: CryptoKey }>()
  private readonly index: IndexStore | null

  constructor(
    readonly database: VaultDatabase,
    readonly mode: 'main' | 'route',
    private readonly keys: Keys,
    public secrets: MainSecrets | null,
    public route: RouteSecrets | null,
  ) {
    this.index = keys.vault ? new IndexStore(database, keys.vault) : null
  }

  // --- index ---
  get entries(): IndexEntry[] {
    return this.index ? this.index.entries : (this.route?.index ?? [])
  }
  get indexDamaged(): boolean {
    return this.index?.damaged ?? false
  }
  async loadIndex(): Promise<void> {
    if (this.index) await this.index.load()
    else if (this.keys.route) this.route = await this.readRoute(this.keys.route)
  }

  // --- files ---
  async listFiles(): Promise<string[]> {
    return this.mode === 'main' ? this.database.getAllKeys('files') : Object.keys(this.route?.files ?? {})
  }

  /** Null when the phone has no such file; `not_found` when it has and this mode does not open it; `damaged` when it does not verify. */
  async readFile(file: string): Promise<{ body: FileBody; rev: number } | null> {
    const row = await this.database.get('files', file)
    if (!row) return null
    const { key } = await this.fileKey(row)
    return { body: await openJson<FileBody>(key, row.body, { store: 'files', id: file, rev: row.rev }), rev: row.rev }
  }

  /** Of a record that does not open: what its successor must follow. */
  async revOf(file: string): Promise<number> {
    return (await this.database.get('files', file))?.rev ?? 0
  }

  async fileKeyOf(file: string): Promise<CryptoKey> {
    const row = await this.database.get('files', file)
    const known = this.fileKeys.get(file)
    if (!row && !known) throw new VaultError('not_found', file)
    return known ? known.key : (await this.fileKey(row as FileRow)).key
  }

  private async fileKey(row: FileRow): Promise<{ raw: Uint8Array; key: CryptoKey }> {
    const known = this.fileKeys.get(row.id)
    if (known) return known
    const raw = await this.unwrapFileKey(row)
    const pair = { raw, key: await importKey(raw) }
    this.fileKeys.set(row.id, pair)
    return pair
  }

  private async unwrapFileKey(row: FileRow): Promise<Uint8Array> {
    if (this.keys.vault && this.secrets) {
      if ('inbox' in row.key) return openSealed(fromBase64url(this.secrets.inbox), row.key.inbox, `${INBOX_INFO}/${row.id}`)
      return open(this.keys.vault, row.key, { store: 'file-keys', id: row.id })
    }
    const raw = this.route?.files[row.id]
    if (!raw) throw new VaultError('not_found', row.id)
    return fromBase64url(raw)
  }

  // --- one transaction ---
  /** Call inside `exclusively`. Throws `changed_meanwhile` when a file was written since it was read. */
  async commit(commit: Commit): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.commitOnce(commit)
      } catch (error) {
        // Another tab wrote this chunk of the index since it was read: read it again and plan anew.
        if (!this.index || !(error instanceof VaultError) || error.record !== 'index' || attempt >= COMMIT_TRIES) throw error
        await this.index.load()
      }
    }
  }

  private async commitOnce(commit: Commit): Promise<void> {
    const present = await this.rowsOf((commit.files ?? []).map((file) => file.body.file))
    const files = await Promise.all((commit.files ?? []).map((file, at) => this.fileRow(file, present[at])))
    const puts = (commit.files ?? []).filter((file) => file.line !== undefined).map((file) => ({ file: file.body.file, kind: file.body.kind, line: file.line }))
    const drops = [...(commit.removeFiles ?? []), ...(commit.files ?? []).filter((file) => file.line === undefined).map((file) => file.body.file)]
    const index = await this.index?.plan(puts, drops)
    const states = await this.stateRows(commit, puts, drops)
    const touched = files.map((row) => row.id)
    await write(this.database, ['files', 'index', 'outbox', 'drafts', 'inbox', 'state', 'clear'], async (transaction) => {
      const store = transaction.objectStore('files')
      // Asked all at once: a hundred files that wait for one another take most of a first sync.
      await Promise.all(
        files.map(async (row) => {
          if (((await store.get(row.id))?.rev ?? 0) !== row.rev - 1) throw new VaultError('changed_meanwhile', row.id)
          await store.put(row)
        }),
      )
      for (const file of commit.removeFiles ?? []) await store.delete(file)
      for (const row of index?.rows ?? []) {
        const present = await transaction.objectStore('index').get(row.chunk)
        if ((present?.rev ?? 0) !== row.rev - 1) throw new VaultError('changed_meanwhile', 'index')
        await transaction.objectStore('index').put(row)
      }
      for (const row of commit.outbox ?? []) await transaction.objectStore('outbox').put(row)
      for (const id of commit.removeOutbox ?? []) await transaction.objectStore('outbox').delete(id)
      for (const id of commit.removeDrafts ?? []) await transaction.objectStore('drafts').delete(id)
      for (const id of commit.removeInbox ?? []) await transaction.objectStore('inbox').delete(id)
      for (const row of states) await transaction.objectStore('state').put(row)
      const clear = await transaction.objectStore('clear').get('clear')
      if (clear) {
        const stale = this.mode === 'main' ? clear.stale.filter((file) => !touched.includes(file)) : [...new Set([...clear.stale, ...touched])]
        const contact = commit.serverAt ? { server_at: Math.max(clear.server_at, commit.serverAt), ...(commit.contactAt ? { contact_at: commit.contactAt, seen_at: commit.contactAt, skew: 0 } : {}) } : {}
        if (commit.serverAt || stale.length !== clear.stale.length) await transaction.objectStore('clear').put({ ...clear, ...contact, stale })
      }
    })
    index?.took()
    if (commit.secrets) this.secrets = commit.secrets
  }

  private async rowsOf(files: string[]): Promise<(FileRow | undefined)[]> {
    const { store } = this.database.transaction('files')
    return Promise.all(files.map((file) => store.get(file)))
  }

  private async fileRow(file: FileWrite, present: FileRow | undefined): Promise<FileRow> {
    const id = file.body.file
    const known = present && (await this.fileKey(present).catch(unlessDamaged))
    const { raw, key } = known ?? (await this.newFileKey(id))
    const keep = present && known && !('inbox' in present.key && this.keys.vault) ? present.key : null
    const rev = file.rev + 1
    return { id, rev, key: keep ?? (await this.wrapFileKey(id, raw)), body: await sealJson(key, file.body, { store: 'files', id, rev }) }
  }

  private async newFileKey(id: string): Promise<{ raw: Uint8Array; key: CryptoKey }> {
    const raw = newRawKey()
    const pair = { raw, key: await importKey(raw) }
    this.fileKeys.set(id, pair)
    return pair
  }

  private async wrapFileKey(id: string, raw: Uint8Array): Promise<FileRow['key']> {
    if (this.keys.vault) return seal(this.keys.vault, raw, { store: 'file-keys', id })
    if (this.route) this.route.files[id] = toBase64url(raw)
    return { inbox: await sealTo(this.keys.inbox, raw, `${INBOX_INFO}/${id}`) }
  }

  private async stateRows(commit: Commit, puts: IndexEntry[], drops: string[]): Promise<StateRow[]> {
    const rows: StateRow[] = []
    if (this.keys.vault && commit.secrets) rows.push(await this.stateRow(this.keys.vault, 'secrets', commit.secrets))
    if (this.keys.vault && commit.sync) rows.push(await this.stateRow(this.keys.vault, 'sync', commit.sync))
    const route = await this.routeAfter(puts, drops)
    if (route && this.keys.route) rows.push(await this.stateRow(this.keys.route, 'route', route))
    return rows
  }

  /** The route's own small index follows what happens to its files in either mode. */
  private async routeAfter(puts: IndexEntry[], drops: string[]): Promise<RouteSecrets | null> {
    if (!this.keys.route) return null
    // A row that this key does not open is another tab's newer route: it stays as it is.
    const present = await this.readRoute(this.keys.route).catch(() => null)
    const route = this.mode === 'route' && present ? this.route : present
    if (!route || ![...puts.map((entry) => entry.file), ...drops].some((file) => file in route.files)) return null
    const changed = new Set([...puts.map((entry) => entry.file), ...drops])
    route.index = [...route.index.filter((entry) => !changed.has(entry.file)), ...puts.filter((entry) => entry.file in route.files)]
    return route
  }

  private async stateRow(key: CryptoKey, id: string, value: unknown): Promise<StateRow> {
    return { id, body: await sealJson(key, value, { store: 'state', id }) }
  }

  private async readRoute(key: CryptoKey): Promise<RouteSecrets> {
    const row = await this.database.get('state', 'route')
    return openJson<RouteSecrets>(key, row?.body, { store: 'state', id: 'route' })
  }

  async readSync(): Promise<SyncState> {
    if (!this.keys.vault) throw new VaultError('not_found', 'sync')
    return openJson<SyncState>(this.keys.vault, (await this.database.get('state', 'sync'))?.body, { store: 'state', id: 'sync' })
  }

  // --- keys that others of this folder need ---
  async rawFileKey(file: string): Promise<Uint8Array> {
    const row = await this.database.get('files', file)
    if (!row) throw new VaultError('not_found', file)
    return (await this.fileKey(row)).raw
  }
  /** The key for what belongs to no file: the vault's in main mode, the route's on the route. */
  get ownKey(): CryptoKey {
    return (this.keys.vault ?? this.keys.route) as CryptoKey
  }
  get routeKey(): CryptoKey | null {
    return this.keys.route
  }
  async useRouteKey(raw: Uint8Array | null): Promise<void> {
    this.keys.route = raw ? await importKey(raw) : null
  }
  get rawVaultKey(): Uint8Array {
    if (!this.keys.raw) throw new VaultError('not_found', 'main')
    return this.keys.raw
  }
  async readInbox(): Promise<{ row: InboxRow; value: unknown }[]> {
    if (!this.secrets) return []
    const inbox = fromBase64url(this.secrets.inbox)
    const read = async (row: InboxRow) => ({ row, value: JSON.parse(new TextDecoder().decode(await openSealed(inbox, row.body, `${INBOX_INFO}/${row.id}`))) as unknown })
    return Promise.all((await this.database.getAll('inbox')).map(read))
  }

  /** Forgets every key. What is open on a screen is the screen's to clear. */
  close(): void {
    this.keys.raw?.fill(0)
    for (const { raw } of this.fileKeys.values()) raw.fill(0)
    this.fileKeys.clear()
    Object.assign(this.keys, { vault: null, raw: null, route: null })
    this.secrets = null
    this.route = null
  }
}

/** A key that no longer verifies is replaced: its file is being made anew. */
function unlessDamaged(error: unknown): undefined {
  if (error instanceof VaultError && error.code === 'damaged') return undefined
  throw error
}
