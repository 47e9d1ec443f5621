/** How a screen reaches its phone: `useDevice()`. Also the search over what is open; everything else of this folder is private. */
import { inject, type App, type InjectionKey } from 'vue'
import type { Device } from './contract'

export * from './contract'
export type * from './access-contract'
export type * from './carry-contract'
export { makeHouseholdSearch, type HouseholdSearch } from './search'
export { DeviceError } from './errors'
export { submitSection } from './submitting'
export { asSeen, seenIn, type Seen } from './bases'

const DEVICE: InjectionKey<Device> = Symbol('device')

export function provideDevice(app: App, device: Device): void {
  app.provide(DEVICE, device)
}

/** The phone that this app runs on; its plain properties are reactive. */
export function useDevice(): Device {
  const device = inject(DEVICE)
  if (!device) throw new Error('no device was provided to the app')
  return device
}
