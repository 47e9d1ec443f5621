/** The real server: `scripts/yihu serve` on a free loopback port over a data folder of its own; killed, not asked to stop. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../../..')
const START_MS_MAX = 60_000

export class Server {
  private child: ChildProcess | null = null
  private printed = ''

  private constructor(readonly data: string, readonly port: number) {}

  /** A demo station in a fresh folder. */
  static async make(): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), 'yihu-story-')), await freePort())
    await server.start()
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.printed = ''
    const child = spawn(join(ROOT, '.venv/bin/python'), ['-m', 'server.command.main', 'serve', '--demo', '--port', String(this.port), '--data', join(this.data, 'station')], {
      cwd: ROOT,
      env: { ...process.env, PYTHONPATH: ROOT, COLUMNS: '200', NO_COLOR: '1', PYTHONUNBUFFERED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    child.stdout?.on('data', (chunk: Buffer) => { this.printed += chunk.toString('utf8') })
    child.stderr?.on('data', (chunk: Buffer) => { this.printed += chunk.toString('utf8') })
    const until = Date.now() + START_MS_MAX
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.printed}`)
      if (await this.answers()) return
      await new Promise((done) => setTimeout(done, 150))
    }
    throw new Error(`the server did not start:\n${this.printed}`)
  }

  /** The one-time link printed for a person. */
  linkOf(name: string): string {
    const line = this.printed.split('\n').find((one) => one.includes(name) && one.includes('/enrol#'))
    const link = line && /https?:\/\/\S+\/enrol#\S+/.exec(line)
    if (!link) throw new Error(`no link for ${name} in:\n${this.printed}`)
    return link[0]
  }

  /** Everything it printed: must never hold what people typed. */
  get output(): string {
    return this.printed
  }

  /** As a power cut would: no farewell, no flush. */
  async kill(): Promise<void> {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise<void>((done) => child.once('exit', () => done()))
    child.kill('SIGKILL')
    await gone
  }

  /** A copy of the whole data folder under a name; the server must not run. */
  copyData(name: string): void {
    cpSync(join(this.data, 'station'), join(this.data, name), { recursive: true })
  }

  /** The data as it was when it was copied, as a restore from a backup leaves it. */
  putBack(name: string): void {
    rmSync(join(this.data, 'station'), { recursive: true })
    cpSync(join(this.data, name), join(this.data, 'station'), { recursive: true })
  }

  /** `yihu ...` on this server's data; its exit code and what it printed. */
  command(...words: string[]): { code: number | null; printed: string } {
    const done = spawnSync(join(ROOT, '.venv/bin/python'), ['-m', 'server.command.main', ...words, '--data', join(this.data, 'station')], {
      cwd: ROOT,
      env: { ...process.env, PYTHONPATH: ROOT, COLUMNS: '200', NO_COLOR: '1' },
      encoding: 'utf8',
    })
    return { code: done.status, printed: done.stdout }
  }

  /** SQL past the server, as someone with the database in hand; the server must not run. */
  tamper(sql: string): void {
    const script = "import pysqlite3.dbapi2 as sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
    const done = spawnSync(join(ROOT, '.venv/bin/python'), ['-c', script, join(this.data, 'station/db/yihu.sqlite3'), sql], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(done.stderr)
  }

  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.data, { recursive: true, force: true })
  }

  private async answers(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.origin}/api/v1/health`)
      return answer.ok && answer.headers.get('Yihu-Protocol') === '1'
    } catch {
      return false
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => done(port))
    })
  })
}
