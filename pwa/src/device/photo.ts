/** Makes a camera's photo small: at most 1,280 pixels and about 120 KB as JPEG; a paper stays legible. Drawing it anew leaves EXIF and place behind. */
import { DeviceError } from './errors'

export interface Size { edge: number; bytes: number }
export const PHOTO: Size = { edge: 1280, bytes: 120 * 1024 }
export const PAPER: Size = { edge: 1754, bytes: 260 * 1024 } // A4 at 150 dots an inch
export const SMALL: Size = { edge: 200, bytes: 6 * 1024 }
const QUALITIES = [0.8, 0.7, 0.6, 0.5, 0.4]

export async function shrinkPhoto(photo: Blob, size: Size = PHOTO): Promise<Uint8Array> {
  const image = await createImageBitmap(photo).catch(() => {
    throw new DeviceError('unsupported', 'this is no photo that the browser can read')
  })
  try {
    for (let edge = size.edge; ; edge = Math.round(edge * 0.8)) {
      const bytes = await drawn(image, edge, size.bytes)
      if (bytes.length <= size.bytes || edge < size.edge / 2) return bytes
    }
  } finally {
    image.close()
  }
}

async function drawn(image: ImageBitmap, edge: number, bytesMax: number): Promise<Uint8Array> {
  const scale = Math.min(1, edge / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  const context = canvas.getContext('2d')
  if (!context) throw new DeviceError('unsupported', 'canvas')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  let bytes = new Uint8Array()
  for (const quality of QUALITIES) {
    bytes = await encoded(canvas, quality)
    if (bytes.length <= bytesMax) break
  }
  canvas.width = canvas.height = 0 // gives the memory back at once on small phones
  return bytes
}

async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  if (!blob) throw new DeviceError('unsupported', 'canvas')
  return new Uint8Array(await blob.arrayBuffer())
}
