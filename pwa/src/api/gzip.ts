/** gzip by the browser (from Chromium 80); where it is missing, bodies travel plain and packs cannot be read. */
export function canGzip(): boolean {
  return typeof CompressionStream === 'function' && typeof DecompressionStream === 'function'
}

export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return pump(bytes, new CompressionStream('gzip'))
}

export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  return pump(bytes, new DecompressionStream('gzip'))
}

async function pump(bytes: Uint8Array, through: { readable: ReadableStream; writable: WritableStream }): Promise<Uint8Array> {
  const writer = through.writable.getWriter()
  // Not awaited: the stream takes more only while it is read. A failure shows on the reading side.
  void writer.write(bytes).catch(() => undefined)
  void writer.close().catch(() => undefined)
  return new Uint8Array(await new Response(through.readable as ReadableStream<Uint8Array>).arrayBuffer())
}
