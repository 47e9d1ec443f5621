/** The camera as a stream of texts read from QR codes. The reader is loaded when asked; no picture is kept. */
export interface Scan {
  stop(): void
}

const SIDE_MAX = 960 // pixels: more costs time and reads no better
const PAUSE_MS = 40

export async function openCamera(): Promise<MediaStream> {
  const video = { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 960 } }
  return navigator.mediaDevices.getUserMedia({ video, audio: false })
}

/** Throws while the reader was not fetched yet: it comes after the app itself, in the background. */
export async function loadReader(): Promise<void> {
  await import('qr/decode.js')
}

/** Reads what the video shows, picture after picture, until stopped. */
export async function readCodes(video: HTMLVideoElement, onText: (text: string) => void): Promise<Scan> {
  const { decodeQR } = await import('qr/decode.js')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D | null
  let isOver = false
  const look = (): void => {
    if (isOver || !context) return
    const scale = Math.min(1, SIDE_MAX / Math.max(video.videoWidth, video.videoHeight, 1))
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)]
    if (width && height) {
      canvas.width = width
      canvas.height = height
      context.drawImage(video, 0, 0, width, height)
      const text = textIn(() => decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data }))
      if (text !== null) onText(text)
    }
    if (!isOver) setTimeout(look, PAUSE_MS)
  }
  look()
  return { stop: () => (isOver = true) }
}

/** A picture without a code is no fault. */
function textIn(decode: () => string): string | null {
  try {
    return decode()
  } catch {
    return null
  }
}
