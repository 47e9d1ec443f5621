/** Today's route: a vault of its own for at most twelve households, opened by the PIN until the end of its day. */
import { fromBase64url, replicaId, sign, toBase64url } from '../sync/signatures'
import { derivePin, Drafts, dropRouteVault, listHolders, makePair, makeRouteVault, nameHolder, renewFieldCode as renewCode, type IndexEntry, type OpenVault, type PinKey, type RouteSecrets } from '../vault'
import { DeviceError } from './errors'
import { UNLINKED } from './entries'
import { signerOf } from './keys'
import { circleOf, linksOf } from './merged'
import type { Phone } from './phone'

const HOUR_MS = 3_600_000
const SKEW_MS = 5 * 60_000
const EVENING_HOUR = 16

/** Until midnight; prepared in the evening, until the end of tomorrow as far as the station's hours reach. */
export function routeUntil(now: number, hours: number): number {
  const day = new Date(now)
  const days = day.getHours() >= EVENING_HOUR ? 2 : 1
  const midnight = new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime()
  return Math.min(midnight, now + hours * HOUR_MS - 2 * SKEW_MS)
}

export async function setRoute(phone: Phone, fileIds: readonly string[], pin?: PinKey): Promise<void> {
  const vault = phone.mustMain()
  const policy = phone.mustPolicy()
  const files = [...new Set(fileIds)]
  if (files.length > policy.route.households_max) throw new DeviceError('invalid', 'too many households for a route')
  const pinKey = pin ?? keptPin(vault)
  await phone.exclusively(async () => {
    await new Drafts(vault.database, vault).rescue()
    const route = await makeRoute(phone, vault, files)
    await makeRouteVault(vault, pinKey, route)
    await nameRoute(phone, route.until)
  })
  phone.refreshHouseholds()
}

export async function changePin(phone: Phone, pin: string): Promise<void> {
  const { secrets } = phone.mustMain()
  checkPin(pin)
  const key = await derivePin(phone.derive, pin)
  const files = secrets?.route && secrets.route.until > phone.now() ? phone.state.route : []
  await setRoute(phone, files, key)
}

/** A new field code; the old one opens nothing from then on. */
export async function renewFieldCode(phone: Phone): Promise<string> {
  return (await renewCode(phone.derive, phone.mustMain())).field_code
}

export function checkPin(pin: string): void {
  if (!/^[0-9]{6}$/.test(pin.normalize('NFKC'))) throw new DeviceError('invalid', 'a PIN is six digits')
}

/** After midnight the next full unlock takes the old route away; what was typed on it moves to the main vault. */
export async function endOldRoute(phone: Phone, vault: OpenVault): Promise<void> {
  const route = vault.secrets?.route
  if (!route || route.until > phone.now() || !vault.secrets) return
  await phone.exclusively(async () => {
    await new Drafts(vault.database, vault).rescue()
    await phone.commit(vault, { secrets: { ...(vault.secrets as NonNullable<OpenVault['secrets']>), route: null } })
    await dropRouteVault(vault.database)
    await vault.useRouteKey(null)
    await nameRoute(phone, null)
  })
}

async function makeRoute(phone: Phone, vault: OpenVault, files: string[]): Promise<RouteSecrets> {
  const policy = phone.mustPolicy()
  const device = await signerOf(phone)
  const pair = await makePair('ECDSA')
  const replica = await replicaId(pair.publicKey)
  const now = phone.now()
  const until = routeUntil(now, policy.route.hours)
  const certificate = await sign(
    {
      type: 'certificate', v: 1, deployment: policy.deployment, station: policy.station.id, parent: device.replica, replica, public_key: toBase64url(pair.publicKey),
      person: policy.me.person_id, files: [...files].sort(), may_create: [UNLINKED], from: now - SKEW_MS, until: until + SKEW_MS,
    }, // prettier-ignore
    device.key,
  )
  const keys: Record<string, string> = {}
  // What they absorbed shows in them, and is read with them; it is not written on the way.
  const links = linksOf(vault.entries)
  const shown = new Set(files.flatMap((file) => [file, ...circleOf(links, file)]))
  for (const file of vault.entries.map((entry) => entry.file).filter((file) => shown.has(file))) keys[file] = toBase64url(await vault.rawFileKey(file))
  const index: IndexEntry[] = vault.entries.filter((entry) => entry.file in keys)
  const { policy: envelope } = await vault.readSync()
  return { replica, signing: toBase64url(pair.privateKey), certificate, files: keys, index, policy: envelope, until }
}

async function nameRoute(phone: Phone, until: number | null): Promise<void> {
  const holder = (await listHolders()).find((row) => row.person === phone.person)
  if (holder) await nameHolder({ ...holder, route_until: until })
}

function keptPin(vault: OpenVault): PinKey {
  const pin = vault.secrets?.pin
  if (!pin) throw new DeviceError('not_found', 'no PIN was set')
  return { kdf: pin.kdf, key: fromBase64url(pin.key) }
}


