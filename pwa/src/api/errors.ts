/**
 * What an answer can be when it is not the answer: none at all, or a problem that the server named. A captive portal's page,
 * a redirect, a timeout and a dead network are all "no answer"; nothing on the phone changes for them.
 */
export type NoAnswerReason = 'network' | 'timeout' | 'portal' | 'aborted'

export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly code = 'no_answer'
  constructor(readonly reason: NoAnswerReason) {
    super(`no answer: ${reason}`)
  }
}

/** RFC 9457: `code` is stable; `say` is for the person, in the server's words. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly say: { zh: string; en: string }
  readonly field: string | null
  readonly facts: { remaining?: number; until?: number }
  constructor(
    readonly status: number,
    readonly document: Record<string, unknown>,
  ) {
    const code = typeof document['code'] === 'string' ? document['code'] : `http_${status}`
    super(`${status} ${code}`)
    this.code = code
    this.say = { zh: text(document['say'] ?? document['detail']), en: text(document['say_en']) }
    this.field = typeof document['field'] === 'string' ? document['field'] : null
    this.facts = { remaining: number(document['remaining']), until: number(document['until']) }
  }
}

/** Whether to try again later by itself: no answer, a busy or full server, too many requests. */
export function isPassing(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Problem && (error.status >= 500 || error.status === 429))
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
