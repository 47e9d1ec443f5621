/**
 * What a whole household file says that can hardly be true: no head, forty people, no number and no reason why. Mirror of schemas/file_doubts.py,
 * held to it by tests/vectors/file_doubts.json. Always doubts: what was written stays. What cannot all be true together the semantic rules say.
 */
import { findFuture, personDoubts } from './doubts'
import { findField } from './kinds'
import { birthDate, day, isHead, listElements, listMembers, memberAge, shownValue, text, type Member } from './people'
import type { FieldDescription, FoldedLike, Problem } from './shapes'
import { checkValue, makeProblem } from './values'

const MANY = 20
const AGE_MAX = 115
const SEMANTIC = ['died_before_born'] // said in the person's form as well; of the file the semantic rule says it
type Doubt = [code: string, path: string]

/** Every doubt about a household as it stands, by path. */
export function findFileDoubts(state: FoldedLike, today: string): Problem[] {
  const members = listMembers(state).sort((a, b) => (a.id < b.id ? -1 : 1))
  const living = members.filter((member) => !member.diedOn && !text(member.values['moved_out_on']))
  const found = heads(living).concat(size(state, living))
  for (const member of members) found.push(...person(member, today))
  found.push(...visits(state, today))
  return found.map(([code, path]) => makeProblem(code, path))
}

function heads(living: Member[]): Doubt[] {
  const found = living.filter(isHead)
  return living.length && !found.length ? [['no_head', 'members']] : []
}

function size(state: FoldedLike, living: Member[]): Doubt[] {
  const told = shownValue(state, 'household_size')
  const found: Doubt[] = []
  if (living.length >= MANY) found.push(['household_large', 'members'])
  if (typeof told === 'number' && told >= MANY) found.push(['household_large', 'household_size'])
  return found
}

function person(member: Member, today: string): Doubt[] {
  const at = `members/${member.id}`
  const [number, reason] = [text(member.values['id_number']), text(member.values['id_number_none_reason'])]
  const found: Doubt[] = []
  if (!number && !reason) found.push(['no_id_no_reason', `${at}/id_number`])
  if (number && reason) found.push(['id_and_reason', `${at}/id_number_none_reason`])
  for (const doubt of personDoubts(member.values)) if (SEMANTIC.indexOf(doubt.code) < 0) found.push([doubt.code, `${at}/${doubt.field}`])
  for (const name of ['id_number', 'born_on', 'died_on']) {
    const field = findField('household', `${at}/${name}`) as FieldDescription
    for (const problem of checkValue(field, member.values[name], name).concat(findFuture(field, member.values[name], name, today))) found.push([problem.code, `${at}/${name}`])
  }
  const age = memberAge(member, today)
  if (age !== null && age > AGE_MAX) found.push(['age_impossible', `${at}/born_on`])
  if (birthDate(member.values) && isHead(member) && age !== null && age >= 0 && age < 16) found.push(['head_is_child', `${at}/relation`])
  return found
}

function visits(state: FoldedLike, today: string): Doubt[] {
  const found: Doubt[] = []
  for (const visit of listElements(state, 'visits').sort()) {
    const on = day(shownValue(state, `visits/${visit}/visited_on`))
    if (on && on > today) found.push(['future_date', `visits/${visit}/visited_on`])
  }
  return found
}
