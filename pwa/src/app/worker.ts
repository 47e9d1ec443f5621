/** What the shell asks of the page's side of the service worker; reactive. Made in `worker/`. */
export interface AppWorker {
  readonly updateReady: boolean
  applyUpdate(): void
  readonly canInstall: boolean
  install(): Promise<boolean>
  readonly inWeChat: boolean
}
