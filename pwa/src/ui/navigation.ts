/** What a screen may ask of the router. Made in `app/`, so that features need not import the shell. */
import { inject, type Component, type InjectionKey } from 'vue'

export interface Navigation {
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  go(path: string): void
  replace(path: string): void
  /** One step back in this app, or to `fallback` when the app was opened here. */
  back(fallback?: string): void
}

export const navigationKey: InjectionKey<Navigation> = Symbol('navigation')

export function useNavigation(): Navigation {
  const navigation = inject(navigationKey)
  if (!navigation) throw new Error('useNavigation() outside the shell')
  return navigation
}

/** What the shell puts on every page: the status line under the title, the red card's button beside it, and where it runs. */
export interface PageFurniture {
  status: Component
  emergency: Component
  inWeChat: boolean
}

export const furnitureKey: InjectionKey<PageFurniture> = Symbol('furniture')

/** True inside the list pane that stands beside a page on wide screens: it is no page of its own for readers. */
export const paneKey: InjectionKey<boolean> = Symbol('pane')
