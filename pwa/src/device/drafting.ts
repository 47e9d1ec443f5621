/** Drafts as typed: the newest of each key is written at most a second and a half later, and at once when the page goes away. */
import type { Drafts } from '../vault'
import type { Phone } from './phone'

const DELAY_MS = 700
const DELAY_MS_MAX = 1_500

export class Drafting {
  private readonly waiting = new Map<string, { value: unknown; since: number }>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private writing: Promise<void> = Promise.resolve()
  /** How many drafts were begun to be written: whoever deletes one can see whether it may have come back. */
  writes = 0

  constructor(private readonly phone: Phone) {}

  start(): void {
    addEventListener('pagehide', () => void this.flush())
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && void this.flush())
  }

  save(key: string, value: unknown): void {
    const now = this.phone.now()
    const since = this.waiting.get(key)?.since ?? now
    this.waiting.set(key, { value: JSON.parse(JSON.stringify(value ?? null)) as unknown, since })
    clearTimeout(this.timer)
    const oldest = Math.min(...[...this.waiting.values()].map((one) => one.since))
    this.timer = setTimeout(() => void this.flush(), Math.max(0, Math.min(DELAY_MS, oldest + DELAY_MS_MAX - now)))
  }

  /** Writes what waits; a draft that fails to write stays waiting and is told as a problem. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.writing = this.writing.then(() => this.write())
    return this.writing
  }

  private async write(): Promise<void> {
    for (const [key, one] of [...this.waiting]) {
      try {
        this.writes++
        await (await this.drafts()).save(key, one.value, this.phone.now())
        if (this.waiting.get(key) === one) this.waiting.delete(key)
      } catch (error) {
        const code = (error as { code?: string }).code ?? 'failed'
        this.phone.say({ problem: { code: code === 'storage_full' ? code : 'draft_not_kept', detail: '' } })
        return
      }
    }
  }

  async load<T>(key: string): Promise<T | null> {
    const waiting = this.waiting.get(key)
    if (waiting) return waiting.value as T
    return ((await (await this.drafts()).load(key))?.value as T | undefined) ?? null
  }
  async remove(key: string): Promise<void> {
    this.waiting.delete(key)
    await this.writing
    await (await this.drafts()).remove(key)
  }
  /** Its save has removed it from the disk; what was being written meanwhile must not stand there as a draft of it. */
  async saved(key: string, writesBefore: number): Promise<void> {
    this.waiting.delete(key)
    if (this.writes !== writesBefore) await this.remove(key)
  }
  async list(): Promise<{ key: string; savedAt: number }[]> {
    await this.flush()
    return (await (await this.drafts()).list()).map(({ key, at }) => ({ key, savedAt: at })).sort((a, b) => b.savedAt - a.savedAt)
  }

  private async drafts(): Promise<Drafts> {
    const { Drafts } = await import('../vault/drafts')
    return new Drafts(this.phone.mustDatabase(), this.phone.vault)
  }
}
