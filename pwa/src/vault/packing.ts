/**
 * Packs a save before it is sealed: deflate against a preset dictionary (M-5c), because sealed bytes can no longer be compressed.
 * In a chunk of its own that comes after installation; a phone that does not have it yet packs with the browser's gzip (M-5a).
 */
import { deflateSync, inflateSync } from 'fflate'
import { SAVE_DICTIONARY } from '../sync/save-dictionary'
import { join } from './suite'

const FORMAT = 2
const DICTIONARY_NUMBER = 1

const dictionary = new TextEncoder().encode(SAVE_DICTIONARY)

export function packSave(text: string): Uint8Array {
  const packed = deflateSync(new TextEncoder().encode(text), { level: 9, mem: 9, dictionary })
  return join(new Uint8Array([FORMAT, DICTIONARY_NUMBER]), packed)
}

/** The other half, for whoever opens what was sealed. Null: not of this format (M-5a begins with 1f). */
export function unpackSave(packed: Uint8Array): string | null {
  if (packed[0] !== FORMAT || packed[1] !== DICTIONARY_NUMBER) return null
  return new TextDecoder('utf-8', { fatal: true }).decode(inflateSync(packed.subarray(2), { dictionary }))
}
