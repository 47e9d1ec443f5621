/** What is drawn is read again by the reader that the camera uses, also tilted and small. */
import { decodeQR } from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import { drawQr, type QrDrawing } from './qr'

const FRAME = 'YIHU1:1F2E3D4C:12:52:' + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.repeat(20)

/** The drawing as pixels, `scale` a module, turned by some degrees. */
function pixels({ side, path }: QrDrawing, scale: number, degrees = 0): { width: number; height: number; data: Uint8ClampedArray } {
  const dark = Array.from({ length: side }, () => new Uint8Array(side))
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) dark[Number(y)]!.fill(1, Number(x), Number(x) + Number(run))
  const [size, turn] = [Math.ceil(side * scale * 1.2), (degrees * Math.PI) / 180]
  const data = new Uint8ClampedArray(size * size * 4).fill(235)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [x - size / 2, y - size / 2]
      const column = Math.floor((u * Math.cos(turn) + v * Math.sin(turn)) / scale + side / 2)
      const row = Math.floor((v * Math.cos(turn) - u * Math.sin(turn)) / scale + side / 2)
      if (dark[row]?.[column]) data.fill(20, (y * size + x) * 4, (y * size + x) * 4 + 3)
    }
  }
  return { width: size, height: size, data }
}

describe('a QR code', () => {
  it.each([[false, 4, 0], [false, 5, 7], [true, 3, -4]] as const)('is read again (sturdy %s, %d pixels a module, %d degrees)', async (sturdy, scale, degrees) => {
    expect(decodeQR(pixels(await drawQr(FRAME, sturdy), scale, degrees))).toBe(FRAME)
  })

  it('of a full frame stays coarse enough for a small screen', async () => {
    expect((await drawQr(FRAME, false)).side).toBeLessThanOrEqual(85)
  })
})
