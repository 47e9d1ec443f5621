/** The station's other kind of device, in the terminal: makes households and edits them where a browser would only take longer. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './server'

export class Terminal {
  private readonly home = mkdtempSync(join(tmpdir(), 'yihu-terminal-'))

  constructor(link: string) {
    this.run('enrol', link)
  }

  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, PYTHONPATH: ROOT, PYTHONUNBUFFERED: '1', YIHU_DEVICE: join(this.home, 'device'), YIHU_PASSPHRASE: 'a long sentence for a test device', NO_COLOR: '1', COLUMNS: '200' }
  }

  run(...words: string[]): string {
    return execFileSync(join(ROOT, '.venv/bin/python'), ['-m', 'server.command.main', 'device', ...words], {
      cwd: ROOT,
      env: this.env,
      encoding: 'utf8',
    })
  }

  /** A command that goes on until it is ended, from when it says `ready`. */
  async start(ready: RegExp, ...words: string[]): Promise<{ stop: () => Promise<void> }> {
    const child = spawn(join(ROOT, '.venv/bin/python'), ['-m', 'server.command.main', 'device', ...words], { cwd: ROOT, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    await new Promise<void>((done, fail) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString('utf8')
        if (ready.test(said)) done()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('exit', () => fail(new Error(`the command ended:\n${said}`)))
    })
    const gone = new Promise<void>((done) => child.once('exit', () => done()))
    return {
      async stop() {
        child.kill('SIGINT')
        await gone
      },
    }
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}
