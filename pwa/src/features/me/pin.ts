/** Which PINs are the first guesses: runs, repeats, birthdays. The same rule as at enrolment (`enrol/secrets.ts`), stated once per feature. */
export function pinFault(pin: string): 'digits' | 'plain' | 'date' | null {
  if (!/^\d{6}$/.test(pin)) return 'digits'
  const steps = Array.from(pin).slice(1).map((digit, i) => Number(digit) - Number(pin[i]))
  const isRun = [0, 1, -1].some((step) => steps.filter((one) => one === step).length >= 4)
  if (isRun || new Set(Array.from(pin)).size < 3 || pin.slice(0, 3) === pin.slice(3) || pin.slice(0, 2).repeat(3) === pin) return 'plain'
  const month = Number(pin.slice(2, 4))
  const day = Number(pin.slice(4, 6))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? 'date' : null
}
