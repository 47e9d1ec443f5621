/** Who has a vault on this phone: names that the unlock screen shows, and where each vault lies. */
import { openDirectory } from './database'
import type { HolderRow } from './rows'

export async function listHolders(): Promise<HolderRow[]> {
  const directory = await openDirectory()
  try {
    return await directory.getAll('holders')
  } finally {
    directory.close()
  }
}

export async function nameHolder(holder: HolderRow): Promise<void> {
  const directory = await openDirectory()
  await directory.put('holders', holder)
  directory.close()
}

export async function forgetHolder(person: string): Promise<void> {
  const directory = await openDirectory()
  await directory.delete('holders', person)
  directory.close()
}
