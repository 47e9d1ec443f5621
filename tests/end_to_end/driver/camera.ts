/**
 * What a camera sees of another phone's screen: pictures of its changing QR code, tilted, greyed and grainy, as a film that
 * Chromium plays in the place of a camera (`--use-file-for-fake-video-capture`).
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { ROOT } from './server'

/** Pillow draws each picture into a grey room and writes an uncompressed film, five pictures a second. */
const FILM = `
import random, sys
from PIL import Image, ImageFilter
luck, out, paths = random.Random(990), sys.argv[1], sys.argv[2:]
WIDTH, HEIGHT = 800, 600
with open(out, "wb") as film:
    film.write(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\\n" % (WIDTH, HEIGHT))
    for path in paths:
        code = Image.open(path).convert("L").resize((520, 520), Image.BILINEAR)
        code = code.point([30 + value * 190 // 255 for value in range(256)])
        room = Image.new("L", (WIDTH, HEIGHT), 96)
        room.paste(code, (140, 40))
        room = room.rotate(luck.uniform(-4, 4), Image.BILINEAR, fillcolor=96).filter(ImageFilter.GaussianBlur(0.7))
        room = Image.blend(room, Image.effect_noise((WIDTH, HEIGHT), 60), 0.12)
        for _ in range(2):
            film.write(b"FRAME\\n" + room.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2))
`

export class Film {
  private readonly folder = mkdtempSync(join(tmpdir(), 'yihu-film-'))
  readonly path = join(this.folder, 'screen.y4m')

  /** Films a screen that shows changing pictures, until each was seen. Returns how many there are. */
  async shoot(screen: Page): Promise<number> {
    const picture = screen.locator('[data-test="picture"]')
    await picture.waitFor()
    const count = Number(/共 (\d+) 张/.exec((await picture.getAttribute('aria-label')) ?? '')?.[1])
    const seen = new Map<number, string>()
    while (seen.size < count) {
      const before = Number(await picture.getAttribute('data-at'))
      if (seen.has(before)) {
        await screen.waitForFunction((at) => document.querySelector('[data-test="picture"]')?.getAttribute('data-at') !== at, String(before))
        continue
      }
      const shot = await picture.screenshot()
      // The picture may have changed while it was taken: a real camera blurs then, here it is taken again.
      if (Number(await picture.getAttribute('data-at')) !== before) continue
      const path = join(this.folder, `${before}.png`)
      writeFileSync(path, shot)
      seen.set(before, path)
    }
    const inOrder = [...seen.keys()].sort((a, b) => a - b).map((at) => seen.get(at) as string)
    execFileSync(join(ROOT, '.venv/bin/python'), ['-c', FILM, this.path, ...inOrder])
    return count
  }

  /** Arguments of a browser whose camera shows this film, over and over. */
  get args(): string[] {
    return ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${this.path}`]
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
