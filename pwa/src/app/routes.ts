/** Every address of the app. A feature is a folder under `features/` whose `index.ts` exports its screen; all are lazy. */

/** `any`: without opening a vault; `route`: the PIN's vault is enough (for files that it holds); `main`: everything open. */
export type Opens = 'any' | 'route' | 'main'

export type Tab = 'today' | 'households' | 'inbox' | 'me'

export interface Route {
  path: string
  feature: string
  opens: Opens
  tab: Tab | null
  /** Word files beside the feature's own. */
  words?: string[]
}

export const ROUTES: Route[] = [
  { path: '/', feature: 'today', opens: 'route', tab: 'today' },
  { path: '/households', feature: 'households', opens: 'route', tab: 'households' },
  { path: '/new-household', feature: 'new-household', opens: 'main', tab: 'households' },
  { path: '/households/:id', feature: 'household', opens: 'route', tab: 'households', words: ['reasons'] },
  { path: '/households/:id/visit', feature: 'visit', opens: 'route', tab: null },
  { path: '/households/:id/assessment/:aid?', feature: 'assessment', opens: 'route', tab: null },
  { path: '/households/:id/case', feature: 'casework', opens: 'route', tab: 'households' },
  { path: '/households/:id/records/:form/:element?', feature: 'form', opens: 'route', tab: null },
  { path: '/households/:id/instruments/:instrument?', feature: 'instruments', opens: 'route', tab: null },
  { path: '/households/:id/referrals/:element', feature: 'referral', opens: 'main', tab: 'households' },
  { path: '/referrals/:parcel?', feature: 'referral', opens: 'main', tab: 'inbox' },
  { path: '/households/:id/copy', feature: 'copy', opens: 'main', tab: 'households' },
  { path: '/households/:id/restricted', feature: 'restricted', opens: 'main', tab: 'households' },
  { path: '/caseload', feature: 'caseload', opens: 'main', tab: 'me' },
  { path: '/households/:id/policies', feature: 'policies', opens: 'route', tab: 'households' },
  { path: '/households/:id/history', feature: 'history', opens: 'route', tab: 'households', words: ['reasons'] },
  { path: '/inbox', feature: 'inbox', opens: 'main', tab: 'inbox', words: ['reasons', 'desk'] },
  { path: '/saves/:changeId', feature: 'own-save', opens: 'route', tab: 'inbox', words: ['reasons'] },
  { path: '/desk', feature: 'desk', opens: 'main', tab: 'inbox', words: ['reasons', 'history'] },
  { path: '/desk/:changeId', feature: 'desk', opens: 'main', tab: 'inbox', words: ['reasons', 'history'] },
  { path: '/conflicts/:fileId', feature: 'conflicts', opens: 'main', tab: 'inbox' },
  { path: '/merge/:fileId/:otherId', feature: 'merge', opens: 'main', tab: 'inbox' },
  { path: '/merge/:fileId', feature: 'merge', opens: 'main', tab: 'households' },
  { path: '/transfer/:fileId', feature: 'transfer', opens: 'main', tab: 'households' },
  { path: '/review/:fileId', feature: 'review', opens: 'main', tab: 'inbox' },
  { path: '/review/:fileId/:section*', feature: 'review', opens: 'main', tab: 'inbox' },
  { path: '/ledger-import', feature: 'ledger-import', opens: 'main', tab: 'me' },
  { path: '/staff', feature: 'staff', opens: 'main', tab: 'me' },
  { path: '/devices/:replica?', feature: 'devices', opens: 'main', tab: 'me' },
  { path: '/sessions', feature: 'sessions', opens: 'main', tab: 'me' },
  { path: '/grants', feature: 'grants', opens: 'main', tab: 'me' },
  { path: '/readings/:file', feature: 'readings', opens: 'main', tab: 'households' },
  { path: '/alarms', feature: 'alarms', opens: 'main', tab: 'inbox' },
  { path: '/stand-ins', feature: 'stand-ins', opens: 'main', tab: 'me' },
  { path: '/erasures', feature: 'erasures', opens: 'main', tab: 'me' },
  { path: '/administration/:page?', feature: 'administration', opens: 'main', tab: 'me' },
  { path: '/stuck', feature: 'stuck', opens: 'main', tab: 'me' },
  { path: '/warnings', feature: 'warnings', opens: 'main', tab: 'me' },
  { path: '/board', feature: 'board', opens: 'main', tab: 'me' },
  { path: '/local-rules', feature: 'local-rules', opens: 'main', tab: 'me' },
  { path: '/sync', feature: 'sync-status', opens: 'any', tab: 'me', words: ['reasons'] },
  { path: '/renew', feature: 'renew', opens: 'main', tab: 'me' },
  { path: '/carry', feature: 'carry', opens: 'any', tab: 'me' },
  { path: '/me', feature: 'me', opens: 'route', tab: 'me' },
  { path: '/keys', feature: 'keys', opens: 'any', tab: 'me' },
  { path: '/help/:form?', feature: 'help', opens: 'any', tab: null },
  { path: '/unlock', feature: 'unlock', opens: 'any', tab: null },
  { path: '/enrol', feature: 'enrol', opens: 'any', tab: null },
  { path: '/record', feature: 'record', opens: 'any', tab: null },
  { path: '/emergency', feature: 'emergency', opens: 'any', tab: null },
]
