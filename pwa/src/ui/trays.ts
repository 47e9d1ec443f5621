/**
 * What a feature adds to the list of things that wait for a person (待办), without that list knowing the feature: a heading, how many,
 * and a card that draws them. The app says which there are; the list shows each that has something.
 */
import { inject, type App, type Component, type InjectionKey } from 'vue'

/** `Phone` is what the feature asks: ui knows no device. */
export interface Tray<Phone = unknown> {
  key: string
  /** The chip above the list and the heading of the card. */
  title(): string
  /** How many wait for this person; cheap, from what is in memory. Read again whenever the phone's state changes. */
  count(phone: Phone): number
  /** Draws them; prop `title`. May emit `changed` when something was settled. */
  card: Component
}
export type TrayLoader = () => Promise<Tray>

const TRAYS: InjectionKey<TrayLoader[]> = Symbol('trays')

export function provideTrays(app: App, loaders: TrayLoader[]): void {
  app.provide(TRAYS, loaders)
}

/** Call in `setup`; load with `Promise.all(loaders.map((load) => load()))`. None where the app provides none (tests of a single screen). */
export function useTrays(): TrayLoader[] {
  return inject(TRAYS, [])
}
