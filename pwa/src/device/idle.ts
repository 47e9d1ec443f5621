/**
 * Locks by itself: after 5 idle minutes, 2 in the background. While one's own camera or phone call is open it waits up to 10.
 * A tap on a file chooser or a tel: link says that one of them is opening, `hold` that camera or recorder run on the page itself;
 * coming back to the page or letting go ends the wait.
 */
const IDLE_MS = 5 * 60_000
const HIDDEN_MS = 2 * 60_000
const AWAY_MS = 10 * 60_000
const LOOK_MS = 5_000
const ACTIVITY = ['pointerdown', 'keydown', 'scroll', 'touchstart'] as const

export interface Clockwork {
  now: () => number
  isOpen: () => boolean
  lock: () => void
}

export class IdleLock {
  private active: number
  private hiddenAt: number | null = null
  private awayUntil = 0
  private readonly held = new Map<symbol, number>()

  constructor(private readonly clock: Clockwork) {
    this.active = clock.now()
  }

  start(): void {
    for (const name of ACTIVITY) addEventListener(name, () => this.touched(), { capture: true, passive: true })
    addEventListener('click', (event) => this.clicked(event.target), { capture: true })
    document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? this.hidden() : this.shown()))
    setInterval(() => this.look(), LOOK_MS)
  }

  touched(): void {
    // A suspended page gets no timer: look at the clock before a touch counts as activity.
    this.look()
    this.active = this.clock.now()
  }
  clicked(target: EventTarget | null): void {
    const element = target instanceof Element ? target.closest('input[type=file], label, a[href^="tel:"]') : null
    const opens = element?.matches('label') ? element.querySelector('input[type=file]') : element
    if (opens) this.awayUntil = this.clock.now() + AWAY_MS
  }
  /** One's own camera or recorder runs on this page: no lock until it ends, or the ten minutes are over. */
  hold(): () => void {
    const name = Symbol('held')
    this.held.set(name, this.clock.now() + AWAY_MS)
    return () => {
      if (this.held.delete(name)) this.active = this.clock.now()
    }
  }
  hidden(): void {
    this.hiddenAt = this.clock.now()
  }
  shown(): void {
    this.look()
    this.hiddenAt = null
    this.awayUntil = 0
    this.active = this.clock.now()
  }
  look(): void {
    const now = this.clock.now()
    if (!this.clock.isOpen() || now < this.awayUntil) return
    if ([...this.held.values()].some((until) => now < until)) return
    const idle = now - this.active >= IDLE_MS
    const hidden = this.hiddenAt !== null && now - this.hiddenAt >= HIDDEN_MS
    if (idle || hidden) this.clock.lock()
  }
}
