/** What lies in a browser's JavaScript memory: strings of heap snapshots and live keys, of the page and of its workers. Bytes of typed arrays are in neither. */
import type { CDPSession, Page } from 'playwright-core'

type Send = (method: string, params?: Record<string, unknown>) => Promise<Record<string, unknown>>
interface Channel { send: Send; on: (event: string, listener: (params: Record<string, unknown>) => void) => void }

export interface Memory {
  /** Every string of the page's and the workers' heaps, one a line. */
  strings: string
  /** Types of live `CryptoKey`s that open or sign: `secret`, `private`. */
  keys: string[]
  heaps: number
}

export async function readMemory(page: Page): Promise<Memory> {
  const session = await page.context().newCDPSession(page)
  const own = channelOf(session)
  const found: Memory = { strings: await snapshot(own), keys: [], heaps: 1 }
  await add(own, found)
  for (const worker of await workersOf(page)) {
    found.strings += await snapshot(worker)
    found.heaps += 1
    await add(worker, found)
  }
  await session.detach()
  return found
}

function channelOf(session: CDPSession): Channel {
  return { send: session.send.bind(session) as unknown as Send, on: (event, listener) => void session.on(event as 'Page.loadEventFired', listener as () => void) }
}

async function snapshot({ send, on }: Channel): Promise<string> {
  const chunks: string[] = []
  on('HeapProfiler.addHeapSnapshotChunk', (params) => void chunks.push(params['chunk'] as string))
  await send('HeapProfiler.enable')
  await send('HeapProfiler.collectGarbage')
  await send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await send('HeapProfiler.disable')
  return (JSON.parse(chunks.join('')) as { strings: string[] }).strings.join('\n')
}

/** Runs over every live object of a prototype; numbers and texts come back. */
async function each({ send }: Channel, prototype: string, work: string): Promise<string[]> {
  const made = (await send('Runtime.evaluate', { expression: `typeof ${prototype} === 'undefined' ? undefined : ${prototype}.prototype` }))['result'] as { objectId?: string }
  if (!made.objectId) return []
  const { objects } = (await send('Runtime.queryObjects', { prototypeObjectId: made.objectId })) as { objects: { objectId: string } }
  const called = await send('Runtime.callFunctionOn', { objectId: objects.objectId, functionDeclaration: `function () { return this.map(${work}).filter(Boolean) }`, returnByValue: true })
  return (called['result'] as { value: string[] }).value
}

async function add(channel: Channel, found: Memory): Promise<void> {
  found.keys.push(...(await each(channel, 'CryptoKey', "(one) => (one.type === 'public' ? '' : one.type)")))
}

/** Dedicated, shared and service workers of the browser, each by a channel of its own. */
async function workersOf(page: Page): Promise<Channel[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('no browser')
  const session = await browser.newBrowserCDPSession()
  const { targetInfos } = await session.send('Target.getTargets')
  const channels: Channel[] = []
  for (const { targetId, type } of targetInfos) {
    if (!/worker/.test(type)) continue
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false })
    channels.push(beside(session, sessionId))
  }
  return channels
}

/** Messages to a target that is reached through the browser's own session. */
function beside(session: CDPSession, sessionId: string): Channel {
  let last = 0
  const waiting = new Map<number, { done: (value: Record<string, unknown>) => void; fail: (error: Error) => void }>()
  const listeners = new Map<string, ((params: Record<string, unknown>) => void)[]>()
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return
    const message = JSON.parse(event.message) as { id?: number; method?: string; params?: Record<string, unknown>; result?: Record<string, unknown>; error?: { message: string } }
    if (message.method) for (const listener of listeners.get(message.method) ?? []) listener(message.params ?? {})
    const asked = message.id === undefined ? undefined : waiting.get(message.id)
    if (message.error) asked?.fail(new Error(message.error.message))
    else asked?.done(message.result ?? {})
  })
  return {
    send: (method, params = {}) =>
      new Promise((done, fail) => {
        waiting.set(++last, { done, fail })
        session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: last, method, params }) }).catch(fail)
      }),
    on: (event, listener) => void listeners.set(event, [...(listeners.get(event) ?? []), listener]),
  }
}
