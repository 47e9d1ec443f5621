/** Where people and bodies stand in the drawing of a family and its surroundings: members within, the others around. Pure geometry. */
import type { FileView } from '../../device'
import { listMembers, readElements, text, texts, type Member } from '../../records/people'

export interface Dot { key: string; name: string; x: number; y: number; shape: 'man' | 'woman' | 'person' | 'outside'; isDead: boolean }
export interface Line { key: string; x1: number; y1: number; x2: number; y2: number; quality: string; words: { from: string; to: string; tie: string; support: string[] } }
export interface Drawing { dots: Dot[]; lines: Line[] }

const SIZE = 320
const INNER = 74
const OUTER = 138

export function drawTies(view: FileView): Drawing {
  const members = listMembers(view.state)
  const relations = readElements(view.state, 'relations')
  const outside = unique(relations.map((one) => text(one['other_name'])).filter(Boolean))
  const dots = members.map((member, i) => memberDot(member, i, members.length)).concat(outside.map((name, i) => around(name, i, outside.length)))
  const at = (key: string) => dots.find((dot) => dot.key === key)
  const lines: Line[] = []
  for (const one of relations) {
    const [from, to] = [at(text(one['person'])), at(text(one['other']) || text(one['other_name']))]
    if (!from || !to) continue
    lines.push({ key: text(one['id']), x1: from.x, y1: from.y, x2: to.x, y2: to.y, quality: text(one['quality']) || 'normal', words: { from: from.name, to: to.name, tie: text(one['tie']), support: texts(one['support']) } })
  }
  return { dots, lines }
}

function memberDot(member: Member, place: number, count: number): Dot {
  const shape = member.gender === '1' ? 'man' : member.gender === '2' ? 'woman' : 'person'
  return { key: member.id, name: member.name || '?', ...point(place, count, count === 1 ? 0 : INNER), shape, isDead: member.diedOn !== null }
}

function around(name: string, place: number, count: number): Dot {
  return { key: name, name, ...point(place + 0.5, count, OUTER), shape: 'outside', isDead: false }
}

function point(place: number, count: number, radius: number): { x: number; y: number } {
  const angle = (2 * Math.PI * place) / Math.max(1, count) - Math.PI / 2
  return { x: Math.round(SIZE / 2 + radius * Math.cos(angle)), y: Math.round(SIZE / 2 + radius * Math.sin(angle)) }
}

function unique(names: string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) === i)
}
