/** One person in two of the files that this phone holds: found from the index in memory, with no network and no file opened. */
import { findSamePersons, semanticRules, type SemanticConflict } from '../records'
import type { HouseholdSummary } from './contract'
import { HOUSEHOLD } from './entries'

/** Pairs of households, settled ones too. */
export function samePersons(households: readonly HouseholdSummary[]): SemanticConflict[] {
  const lines = households.map((household) => ({ file: household.fileId, marks: household.semantic?.marks ?? [], settled: household.semantic?.settled ?? [] }))
  return findSamePersons(semanticRules(HOUSEHOLD), lines)
}
