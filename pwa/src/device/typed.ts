/** What a person types when a key is made, and what this browser calls itself: needed at enrolment and at renewal. */
export const PASSWORD_CHARACTERS_MIN = 10

/** Crockford's base32 as people type it: any case, with or without dashes, O for 0, I and L for 1. */
export function normaliseCode(typed: string): string {
  return typed.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1') // prettier-ignore
}

export function deviceLabel(): string {
  const agent = navigator.userAgent
  const model = /\(Linux; Android [^;]+; ([^);]+)/.exec(agent)?.[1] ?? (/Windows/.test(agent) ? 'Windows' : /Mac OS/.test(agent) ? 'Mac' : /Linux/.test(agent) ? 'Linux' : '')
  const browser = /(Edg|UCBrowser|MQQBrowser|HuaweiBrowser|Chrome|Firefox|Safari)\/(\d+)/.exec(agent)
  return [model, browser ? `${browser[1]} ${browser[2]}` : ''].filter(Boolean).join(' · ').slice(0, 100)
}
