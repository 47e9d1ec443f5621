import { expect, test } from 'vitest'
import { drawerOf } from './drawers'

test('a drawer is named by its patch', () => {
  expect(drawerOf('ab'.repeat(16))).toBe('031c409e21833e3afb899b5e5fbcf6a1') // as sync/drawers.py has it
  expect(drawerOf('ab'.repeat(16))).not.toBe(drawerOf('ac'.repeat(16)))
})
