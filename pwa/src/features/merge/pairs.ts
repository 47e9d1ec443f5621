/** Pairs of households on this phone that list one person and are not settled, with what to call them. */
import type { Device } from '../../device'
import { t } from '../../i18n'

export interface Pair { id: string; digest: string; files: [string, string]; names: [string, string]; count: number }

export function pairsOf(device: Pick<Device, 'samePersons' | 'households'>): Pair[] {
  const byId = new Map(device.households.map((household) => [household.fileId, household]))
  const nameOf = (file: string): string => {
    const household = byId.get(file)
    return household?.headName || household?.address || t('merge.no_name')
  }
  return device.samePersons
    .filter((pair) => !pair.settled)
    .map((pair): Pair => {
      const files: [string, string] = [pair.file, pair.elements[0] ?? '']
      return { id: pair.id, digest: pair.digest, files, names: [nameOf(files[0]), nameOf(files[1])], count: Number(pair.facts['count'] ?? 0) }
    })
}
