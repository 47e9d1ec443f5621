/**
 * Which module comes in which chunk, and when a chunk is kept on the phone: the one place that knows modules by their paths. What is
 * grouped for the first load must not be kept later, and what is kept later must not stand in a group.
 */
/**
 * What is fetched together is one file: on a slow line each request costs more than a kilobyte. `frame` is what the entry and
 * every screen share; `engine` holds nothing that the entry imports statically, or it would join the first load.
 */
export const GROUPS = [
  { name: 'vendor', test: /node_modules[\\/](@vue|vue|idb)[\\/]|preload-helper|rolldown[\\/-]runtime|@oxc-project|export-helper/, priority: 4 },
  { name: 'frame', test: /src[\\/](trusted|ui[\\/](YButton|YIcon|icons|YPage|YBar|YError|YEmpty|YSpinner|fieldId|navigation)|i18n[\\/](index|dates|errors|zh-CN[\\/](shell|ui))|(sync|vault|api|device)[\\/]errors|api[\\/]gzip|device[\\/](ids|entries|software|policy\.)|records[\\/]local\.|vault[\\/](database|directory|outbox|carried|rows)|device[\\/]drafting)/, priority: 3 },
  {
    name: 'engine',
    test: /@noble[\\/]hashes|src[\\/](sync[\\/](?!errors|bundle|frames|save-dictionary)|vault[\\/](?!errors|database|directory|outbox|carried|rows|hpke|kdf|authenticator|packing)|api[\\/]tus|device[\\/](working|file-state|summary|same-persons|own-saves|saving|unlinked|photo|taking-in|warned|packs|syncing|todays-route|policy-check|sound-base|backed-up|submitting|tidying|lines|keys|unlocking|lease|typed|sealed-upload)|records[\\/](rules|codes|people|idNumber|due|localOn|summary|semantic|forms[\\/]expression|generated[\\/](rules|codes|visit_rules|semantic_rules)\.json))/,
    priority: 2,
  },
  { name: 'basics', test: /src[\\/]ui[\\/](scaled|YInput|YChoice|YField|YPin|YCard|YSteps|YRow|YRisk|YTag|YChips|YProgress|YQuestion|guessable)\b/, priority: 1 },
]

export const FIRST_SCREENS = /(enrol|unlock|today|households|visit|household|working)-/

export type When = 'install' | 'after' | 'use'

/** A chunk is kept later when some module of it matches and none belongs to another screen. */
const LATER: [When, RegExp][] = [
  ['use', /src[\\/](features|i18n[\\/][\w-]+)[\\/](ledger-import|staff|local-rules|devices|administration|stand-ins|sessions|erasures)\b|src[\\/]features[\\/](desk|renew)\b|src[\\/]device[\\/]password-rules\.ts|src[\\/]records[\\/]generated[\\/]common_passwords/],
  ['after', /virtual:pinyin|node_modules[\\/](qrcode-generator|qr)[\\/]|src[\\/]i18n[\\/]en[\\/]|src[\\/](features|i18n[\\/][\w-]+)[\\/](merge|restricted|erased|left|transfer|review|conflicts|history|policies|stuck|board|warnings|keys|enrol|help|grants|readings|alarms|danger|referral|caseload|copy)\b|src[\\/]features[\\/](households[\\/]NotesSearch|today[\\/]Warnings|casework[\\/](TieMap|genogram))|src[\\/]device[\\/](restricted|erased|at-risk|notes|practice[\w-]*|enrolment|wiping|fingerprint|passwords|erasing)\.ts|src[\\/]vault[\\/](authenticator|packing)\.ts|node_modules[\\/]fflate[\\/]|src[\\/]sync[\\/]save-dictionary|src[\\/]ui[\\/](YQueue|YLoaded\.vue|loaded\.ts)|src[\\/]records[\\/]((policies|shareable|parcel|warnings)\.ts|generated[\\/]policies)/],
]

const SCREEN = /src[\\/](features|app|device|sync|vault|api|records)[\\/]/

export function whenOf(moduleIds: readonly string[]): When {
  const found = LATER.find(([, test]) => moduleIds.some((id) => test.test(id)) && !moduleIds.some((id) => !test.test(id) && SCREEN.test(id)))
  return found ? found[0] : 'install'
}
