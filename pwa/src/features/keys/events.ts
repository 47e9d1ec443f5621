/** What can be forgotten, lost or gone, and where its remedy begins. Words: `keys.<name>`, `_do` what to do, `_lost` what is lost. */
export interface KeyEvent { name: string; href?: string; goes?: 'unlock' | 'me' | 'enrol' | 'sync' }

export const EVENTS: readonly KeyEvent[] = [
  { name: 'pin_wrong', href: '/unlock', goes: 'unlock' },
  { name: 'pin_forgotten', href: '/me', goes: 'me' },
  { name: 'password_forgotten', href: '/unlock', goes: 'unlock' },
  { name: 'field_code_forgotten', href: '/me', goes: 'me' },
  { name: 'both_forgotten', href: '/enrol', goes: 'enrol' },
  { name: 'phone_lost' },
  { name: 'browser_cleared', href: '/enrol', goes: 'enrol' },
  { name: 'long_away', href: '/sync', goes: 'sync' },
  { name: 'phone_shared', href: '/unlock', goes: 'unlock' },
]
