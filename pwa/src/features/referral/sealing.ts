/**
 * A parcel as one HTML file that opens itself: whoever gets it needs a browser and the code, no software, no network, no account. The code is
 * told on another way than the file. PBKDF2 because every browser has it without a byte of ours.
 */
import type { Parcel } from '../../records/parcel'
import reader from './reader.html?raw'

const ITERATIONS = 600_000
const CODE_DIGITS = 20
export const ASSOCIATED = 'yihu/parcel/1'

/** Twenty digits in five groups: 66 bits. */
export function newCode(): string {
  let digits = ''
  while (digits.length < CODE_DIGITS) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1)) as unknown as [number]
    if (byte < 250) digits += String(byte % 10) // of 256 values the last six would favour small digits
  }
  return digits.replace(/(\d{4})(?=\d)/g, '$1 ')
}

export async function sealParcel(parcel: Parcel, code: string, iterations = ITERATIONS): Promise<{ html: string; sha256: string }> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const base = await crypto.subtle.importKey('raw', utf8(code.replace(/\D/g, '')), 'PBKDF2', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt'])
  const ct = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(ASSOCIATED) }, key, utf8(JSON.stringify(parcel))))
  const sealed = JSON.stringify({ v: 1, salt: base64(salt), iv: base64(iv), iterations, ct: base64(ct) })
  const html = await withPolicy(reader.split('__SEALED__').join(sealed))
  return { html, sha256: hex(await digest(utf8(html))) }
}

/** The page may run its own script and style and nothing else, and reach nothing. */
async function withPolicy(html: string): Promise<string> {
  const between = (from: string, to: string) => html.slice(html.lastIndexOf(from) + from.length, html.lastIndexOf(to))
  const [style, script] = await Promise.all([['<style>', '</style>'], ['<script>', '</script>']].map(async ([from, to]) => `sha256-${base64(await digest(utf8(between(from!, to!))))}`))
  return html.replace('__STYLE__', style!).replace('__SCRIPT__', script!)
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>
const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** In slices: a large array as arguments of one call overflows the stack. */
export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}
