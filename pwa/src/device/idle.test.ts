import { beforeEach, describe, expect, test } from 'vitest'
import { IdleLock } from './idle'

const MINUTE_MS = 60_000
let now = 0
let locks = 0
let idle: IdleLock

beforeEach(() => {
  now = 1_000_000
  locks = 0
  idle = new IdleLock({ now: () => now, isOpen: () => locks === 0, lock: () => void locks++ })
})

function after(minutes: number): number {
  now += minutes * MINUTE_MS
  idle.look()
  return locks
}

class FakeElement {
  constructor(private readonly kind: 'file' | 'text') {}
  closest(): this | null {
    return this.kind === 'file' ? this : null
  }
  matches(): boolean {
    return false
  }
}
Object.assign(globalThis, { Element: FakeElement })

describe('locking by itself', () => {
  test('after five idle minutes, not before', () => {
    expect(after(4.9)).toBe(0)
    expect(after(0.2)).toBe(1)
  })

  test('a touch starts the time anew, but not one that comes after it ran out', () => {
    now += 4 * MINUTE_MS
    idle.touched()
    expect(after(4)).toBe(0)
    now += 2 * MINUTE_MS
    idle.touched()
    expect(locks).toBe(1)
  })

  test('after two minutes in the background, also when the page was asleep meanwhile', () => {
    idle.hidden()
    expect(after(1.9)).toBe(0)
    now += MINUTE_MS
    idle.shown()
    expect(locks).toBe(1)
  })

  test('waits up to ten minutes while one’s own camera is open, and no longer', () => {
    idle.clicked(new FakeElement('file') as unknown as EventTarget)
    idle.hidden()
    expect(after(9.9)).toBe(0)
    expect(after(0.2)).toBe(1)
  })

  test('coming back from the camera ends the wait', () => {
    idle.clicked(new FakeElement('file') as unknown as EventTarget)
    idle.hidden()
    now += 8 * MINUTE_MS
    idle.shown()
    expect(locks).toBe(0)
    expect(after(5)).toBe(1)
  })

  test('a tap on anything else does not hold it open', () => {
    idle.clicked(new FakeElement('text') as unknown as EventTarget)
    expect(after(5)).toBe(1)
  })
})

describe('while one’s own camera or recorder runs', () => {
  test('it waits, and the idle time begins anew when that ends', () => {
    const release = idle.hold()
    expect(after(9.9)).toBe(0)
    release()
    expect(after(4.9)).toBe(0)
    expect(after(0.2)).toBe(1)
  })

  test('ten minutes at most: a recorder that was forgotten locks too', () => {
    idle.hold()
    expect(after(10.1)).toBe(1)
  })

  test('two at once: the lock waits for the later one', () => {
    const camera = idle.hold()
    const recorder = idle.hold()
    camera()
    expect(after(6)).toBe(0)
    recorder()
    recorder()
    expect(after(5.1)).toBe(1)
  })
})
