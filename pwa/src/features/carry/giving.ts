/**
 * Ways to give a bundle away. The share sheet takes no file called `.yihu`: Chromium lets through a fixed list of endings and types
 * only, so there it goes as text (`.yihu.txt`); a download keeps the binary form.
 */
import { t } from '../../i18n'
import type { CarriedFile } from '../../device'
import { toText } from '../../sync/bundle'

export type Given = 'given' | 'cancelled' | 'impossible'

interface Sharing {
  canShare?: (data: { files: File[] }) => boolean
  share?: (data: { files: File[]; title?: string }) => Promise<void>
}

function asTextFiles(files: readonly CarriedFile[]): File[] {
  return files.map((file) => new File([toText(file.bytes, t(`carry.note_${file.kind}`))], `${file.name}.txt`, { type: 'text/plain' }))
}

/** Whether this browser has a share sheet that takes files at all: Chrome on Android from 76; not UC, QQ, WebView. */
export function canShare(browser: Sharing = navigator): boolean {
  const probe = new File(['x'], 'x.txt', { type: 'text/plain' })
  return Boolean(browser.share && browser.canShare?.({ files: [probe] }))
}

export async function share(files: readonly CarriedFile[], browser: Sharing = navigator): Promise<Given> {
  try {
    await browser.share?.({ files: asTextFiles(files), title: t('carry.share_title') })
    return 'given'
  } catch (error) {
    return (error as { name?: string } | null)?.name === 'AbortError' ? 'cancelled' : 'impossible'
  }
}

export function download(files: readonly CarriedFile[]): void {
  for (const file of files) {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([file.bytes as BlobPart], { type: 'application/octet-stream' }))
    link.download = file.name
    link.click()
    // Chromium reads it after the click has returned.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
}

/** How large a file is, for people. */
export function sizeWords(bytes: number): string {
  return bytes < 1024 * 100 ? `${Math.max(0.1, bytes / 1024).toFixed(1)} KB` : `${Math.round(bytes / 1024)} KB`
}
