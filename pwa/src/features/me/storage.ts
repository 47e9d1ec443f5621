/** Whether the browser promised to keep what is stored, and how much room is left. Old browsers know neither. */
export interface StorageState { persisted: boolean; freeBytes: number | null }

export async function storageState(): Promise<StorageState> {
  const storage = navigator.storage as StorageManager | undefined
  const persisted = (await storage?.persisted?.().catch(() => false)) ?? false
  const estimate = await storage?.estimate?.().catch(() => null)
  const freeBytes = estimate?.quota !== undefined && estimate.usage !== undefined ? estimate.quota - estimate.usage : null
  return { persisted, freeBytes }
}

export async function keepStorage(): Promise<StorageState> {
  const storage = navigator.storage as StorageManager | undefined
  await storage?.persist?.().catch(() => false)
  return storageState()
}
