/** Where the phone is now; null where it may not or cannot say. Asked only by a tap, kept nowhere. */

const WAIT_MS = 15_000
const OLD_MS = 120_000

export function findHere(): Promise<[number, number] | null> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null)
    const found = ({ coords }: GeolocationPosition): void => resolve([Math.round(coords.latitude * 1e7), Math.round(coords.longitude * 1e7)])
    navigator.geolocation.getCurrentPosition(found, () => resolve(null), { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: OLD_MS })
  })
}
