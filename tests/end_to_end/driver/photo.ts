/** A photo as a phone's camera makes it: 6 megapixels, with a place in its EXIF that must never leave the phone. */
import type { Page } from 'playwright-core'

export const EXIF_CANARY = 'GPS-CANARY-2231'

export async function makePhoto(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 3000
    canvas.height = 2000
    const draw = canvas.getContext('2d') as CanvasRenderingContext2D
    for (let i = 0; i < 400; i++) {
      draw.fillStyle = `hsl(${(i * 37) % 360}, 60%, 50%)`
      draw.fillRect((i * 97) % 3000, (i * 53) % 2000, 200, 160)
    }
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] as string
  })
  const jpeg = Buffer.from(base64, 'base64')
  const exif = Buffer.from(`Exif\0\0II*\0${EXIF_CANARY}`, 'latin1')
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif, jpeg.subarray(2)])
}
