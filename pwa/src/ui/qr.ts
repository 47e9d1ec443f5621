/** A text as a QR code: the side length in modules and one SVG path over its dark modules. The library is loaded when asked. */
export interface QrDrawing { side: number; path: string }

const QUIET_ZONE = 4 // modules of white that scanners need around it

/** `sturdy`: more correction, for paper and far-away screens; otherwise fewer and larger modules. */
export async function drawQr(text: string, sturdy = true): Promise<QrDrawing> {
  const { encodeQR } = await import('qr')
  const rows = encodeQR(text, 'raw', { ecc: sturdy ? 'medium' : 'low', border: QUIET_ZONE })
  let path = ''
  rows.forEach((row, at) => {
    for (let column = 0; column < row.length; column++) {
      if (!row[column]) continue
      let run = 1
      while (row[column + run]) run++
      path += `M${column} ${at}h${run}v1h-${run}z`
      column += run
    }
  })
  return { side: rows.length, path }
}
