/** Drafts as typed: the newest of each key is written at most a second and a half later, and at once when the page goes away. */
import type { Drafts } from '../vault'
import type { Phone } from './phone'

/** Beside a draft: which refused save it amends. */
export interface Amendment {
  changeId: string
}
export const amendmentKey = (draftKey: string): string => `amends:${draftKey}`
/** What the phone keeps for itself beside drafts: nothing that a person began and may take up again. */
export const isOwnKey = (key: string): boolean => /^(amends|read|access):/.test(key)

const DELAY_MS = 700
const DELAY_MS_MAX = 1_500

export class Drafting {
  private readonly waiting = new Map<string, { key: string; person: string | null; value: unknown; since: number }>()
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
    const place = this.placeOf(key)
    const since = this.waiting.get(place)?.since ?? now
    this.waiting.set(place, { key, person: this.phone.person, value: JSON.parse(JSON.stringify(value ?? null)) as unknown, since })
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
    for (const [place, one] of [...this.waiting]) {
      // Typed by someone else on this phone and not written yet: it waits for them, and is never put into another's vault.
      if (one.person !== this.phone.person) continue
      try {
        this.writes++
        await (await this.drafts()).save(one.key, one.value, this.phone.now())
        if (this.waiting.get(place) === one) this.waiting.delete(place)
      } catch (error) {
        const code = (error as { code?: string }).code ?? 'failed'
        this.phone.say({ problem: { code: code === 'storage_full' ? code : 'draft_not_kept', detail: '' } })
        return
      }
    }
  }

  async load<T>(key: string): Promise<T | null> {
    const waiting = this.waiting.get(this.placeOf(key))
    if (waiting) return waiting.value as T
    return ((await (await this.drafts()).load(key))?.value as T | undefined) ?? null
  }
  async remove(key: string): Promise<void> {
    this.waiting.delete(this.placeOf(key))
    this.waiting.delete(this.placeOf(amendmentKey(key)))
    await this.writing
    const drafts = await this.drafts()
    for (const one of [key, amendmentKey(key)]) await drafts.remove(one)
  }
  /** A draft that amends a refused save. Which one is kept beside it, so that any form can be the one; saving it puts both away. */
  async amend(changeId: string, key: string, value: unknown): Promise<void> {
    this.save(key, value)
    this.save(amendmentKey(key), { changeId } satisfies Amendment)
    await this.flush()
  }
  private placeOf(key: string): string {
    return `${this.phone.person ?? ''}|${key}`
  }
  /** Its save has removed it from the disk; what was being written meanwhile must not stand there as a draft of it. */
  async saved(key: string, writesBefore: number): Promise<void> {
    this.waiting.delete(this.placeOf(key))
    if (this.writes !== writesBefore) await this.remove(key)
  }
  async list(): Promise<{ key: string; savedAt: number }[]> {
    await this.flush()
    return (await (await this.drafts()).list()).filter(({ key }) => !isOwnKey(key)).map(({ key, at }) => ({ key, savedAt: at })).sort((a, b) => b.savedAt - a.savedAt)
  }

  private async drafts(): Promise<Drafts> {
    const { Drafts } = await import('../vault/drafts')
    return new Drafts(this.phone.mustDatabase(), this.phone.vault)
  }
}
