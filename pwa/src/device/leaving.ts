/**
 * Files that went to another patch. What was saved is sent first; then they stay read-only until each own save has its last
 * verdict and nothing half-typed or unsent hangs on them, and go.
 */
import { Drafts, listUnnamed, listUnuploaded } from '../vault'
import { isOwnKey } from './drafting'
import { RESTRICTED, type Line } from './entries'
import type { LeavingFile } from './contract'
import type { Phone } from './phone'

const REFUSED = ['returned', 'declined']

export async function listLeaving(phone: Phone): Promise<LeavingFile[]> {
  const vault = phone.mustVault()
  const database = phone.mustDatabase()
  const leaving = vault.entries.filter((entry) => (entry.line as Line).leaving && entry.kind !== RESTRICTED)
  if (!leaving.length) return []
  const [outbox, unsentPhotos, draftPhotos] = [await database.getAll('outbox'), await listUnuploaded(database), await listUnnamed(database)]
  const drafts = (await new Drafts(database, vault).list()).map((draft) => draft.key)
  const people = phone.mustPolicy().people
  const files = leaving.map(({ file, line }): LeavingFile => {
    const { headName, scope } = (line as Line).leaving as NonNullable<Line['leaving']>
    const rows = outbox.filter((row) => row.file === file && !row.dismissed)
    return {
      fileId: file,
      headName,
      toNames: people.filter((one) => one.duties.some((held) => held.duty === 'worker' && held.scopes.includes(scope))).map((one) => one.name),
      unsent: rows.filter((row) => row.fate === 'unsent' && !row.received).length,
      undecided: rows.filter((row) => row.fate === 'held' || row.fate === 'quarantined' || (row.fate === 'unsent' && row.received)).length,
      returned: rows.filter((row) => REFUSED.includes(row.fate)).length,
      photos: [...unsentPhotos, ...draftPhotos].filter((row) => row.file === file).length,
      drafts: drafts.filter((key) => key.includes(file) && !isOwnKey(key)),
    }
  })
  // One that waits for nothing but the server's backup is nobody's business.
  return files.filter((one) => one.unsent + one.undecided + one.returned + one.photos + one.drafts.length > 0)
}
