/**
 * A small bundle as the texts of an animated QR code, and back (PROTOCOL.md B-11). Drawing and filming are the screen's.
 * Mirror of the frames in sync/bundle.py.
 */
import { BundleError, bundleId } from './bundle'

export const QR_BYTES_MAX = 20480
const FRAME_BYTES = 400
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const FRAME = /^YIHU1:([0-9A-F]{8}):([1-9]\d{0,2}):([1-9]\d{0,2}):([A-Z2-7]+)$/

export function toFrames(packed: Uint8Array): string[] {
  if (packed.length > QR_BYTES_MAX) throw new BundleError('bundle_too_large')
  const name = bundleId(packed).slice(0, 8).toUpperCase()
  const count = Math.ceil(packed.length / FRAME_BYTES)
  return Array.from({ length: count }, (_, at) => `YIHU1:${name}:${at + 1}:${count}:${toBase32(packed.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES))}`)
}

/** Puts frames together in whatever order and however often they come. Another bundle's frame begins anew. */
export class FrameCollector {
  private name = ''
  count = 0
  private parts = new Map<number, Uint8Array>()

  get done(): number {
    return this.parts.size
  }

  /** The bytes of the bundle once the last frame came, else null. Other texts than frames are passed over. */
  take(seen: string): Uint8Array | null {
    const found = FRAME.exec(seen)
    if (!found) return null
    const [, name, number, total, letters] = found as unknown as [string, string, string, string, string]
    const [at, count, part] = [Number(number), Number(total), fromBase32(letters)]
    if (!part || at > count || count * FRAME_BYTES >= QR_BYTES_MAX + FRAME_BYTES || part.length > FRAME_BYTES) return null
    if (name !== this.name || count !== this.count) Object.assign(this, { name, count, parts: new Map() })
    this.parts.set(at, part)
    if (this.parts.size < count) return null
    const bytes: number[] = []
    for (let each = 1; each <= count; each++) bytes.push(...(this.parts.get(each) as Uint8Array))
    this.parts = new Map() // whether right or not: a wrong one is collected anew
    const packed = Uint8Array.from(bytes)
    return bundleId(packed).slice(0, 8).toUpperCase() === name ? packed : null
  }
}

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits ? text + LETTERS[(held << (5 - bits)) & 31] : text
}

/** Null for a length that no bytes have. */
function fromBase32(text: string): Uint8Array | null {
  if ([1, 3, 6].includes(text.length % 8)) return null
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const letter of text) {
    held = (held << 5) | LETTERS.indexOf(letter)
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return Uint8Array.from(bytes)
}
