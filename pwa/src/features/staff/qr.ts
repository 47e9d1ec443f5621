/** A text as a QR code: the side length in modules and one SVG path over its dark modules. The library is loaded when asked. */
export interface QrDrawing { side: number; path: string }

const QUIET_ZONE = 4 // modules of white that scanners need around it

export async function drawQr(text: string): Promise<QrDrawing> {
  const { default: qrcode } = await import('qrcode-generator')
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const count = code.getModuleCount()
  let path = ''
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (!code.isDark(row, column)) continue
      let run = 1
      while (column + run < count && code.isDark(row, column + run)) run++
      path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${run}v1h-${run}z`
      column += run - 1
    }
  }
  return { side: count + 2 * QUIET_ZONE, path }
}
