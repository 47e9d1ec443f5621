/** Decimals as scaled integers: 12.80 with scale 2 is 1280. Text in, integer out; no float on the way. */

/** `null` when empty, `undefined` when the text is no such number. Full-width digits and 。 are taken as typed by old keyboards. */
export function parseScaled(text: string, scale: number): number | null | undefined {
  const plain = text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[。．]/g, '.')
    .replace(/[,，\s]/g, '')
  if (plain === '') return null
  const match = /^(-?)(\d{1,13})(?:\.(\d*))?$/.exec(plain)
  if (!match || (match[3] ?? '').length > scale) return undefined
  const digits = match[2]! + (match[3] ?? '').padEnd(scale, '0')
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) return undefined
  return match[1] && value !== 0 ? -value : value
}

export function showScaled(value: number, scale: number): string {
  if (scale === 0) return String(value)
  const sign = value < 0 ? '-' : ''
  const digits = String(Math.abs(value)).padStart(scale + 1, '0')
  const whole = digits.slice(0, -scale)
  const rest = digits.slice(-scale).replace(/0+$/, '')
  return rest ? `${sign}${whole}.${rest}` : sign + whole
}
