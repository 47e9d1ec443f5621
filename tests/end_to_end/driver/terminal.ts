/** The station's other kind of device, in the terminal: makes households and edits them where a browser would only take longer. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './server'

export class Terminal {
  private readonly home = mkdtempSync(join(tmpdir(), 'yihu-terminal-'))

  constructor(link: string) {
    this.run('enrol', link)
  }

  run(...words: string[]): string {
    return execFileSync(join(ROOT, '.venv/bin/python'), ['-m', 'server.command.main', 'device', ...words], {
      cwd: ROOT,
      env: { ...process.env, PYTHONPATH: ROOT, YIHU_DEVICE: join(this.home, 'device'), YIHU_PASSPHRASE: 'a long sentence for a test device', NO_COLOR: '1', COLUMNS: '200' },
      encoding: 'utf8',
    })
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}
