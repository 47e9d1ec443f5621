/**
 * What a phone says of files that were erased: whose household, when, by whom, and how much of one's own went with it unsent. Kept as
 * one encrypted draft until its reader puts it away, thirty days at most: then nothing here names the household any more.
 */
import { Drafts } from '../vault/drafts'
import type { ErasedNotice } from './access-contract'
import type { Phone } from './phone'

const KEY = 'access:erased'
const KEPT_MS = 30 * 86_400_000

const draftsOf = (phone: Phone) => new Drafts(phone.mustDatabase(), phone.mustMain())

export async function listErased(phone: Phone): Promise<ErasedNotice[]> {
  if (phone.vault?.mode !== 'main') return []
  const kept = ((await draftsOf(phone).load(KEY))?.value as ErasedNotice[] | undefined) ?? []
  return kept.filter((one) => phone.now() - one.toldAt < KEPT_MS)
}

export async function noteErased(phone: Phone, told: readonly ErasedNotice[]): Promise<void> {
  const known = await listErased(phone)
  const files = new Set(known.map((one) => one.file))
  await draftsOf(phone).save(KEY, [...known, ...told.filter((one) => !files.has(one.file))], phone.now())
  await tellErased(phone)
}

/** Its reader has seen it. */
export async function putErasedAway(phone: Phone): Promise<void> {
  await draftsOf(phone).remove(KEY)
  await tellErased(phone)
}

/** How many wait to be read; at every full unlock and after each erasure. Old ones go. */
export async function tellErased(phone: Phone): Promise<void> {
  const erased = (await listErased(phone)).length
  if (!erased && phone.vault?.mode === 'main') await draftsOf(phone).remove(KEY)
  phone.say({ erased })
}
