import { describe, expect, it } from 'vitest'
import type { FileView } from '../../device'
import { makeState } from '../../records/scene'
import { drawEcomap, drawGenogram, generationOf, sayTies } from './genogram'

const id = (n: number) => String(n).padStart(32, '0')
const [GRAN, GRANDPA, SON, WIFE, BOY, MOTHER] = [id(1), id(2), id(3), id(4), id(5), id(6)]
const FAMILY = [
  { $id: GRAN, name: '单桂英', gender: '2', relation: '02' },
  { $id: GRANDPA, name: '牛占山', gender: '1', relation: '11', died_on: '2020-01-01' },
  { $id: SON, name: '牛小刚', gender: '1', relation: '21' },
  { $id: WIFE, name: '季小莲', gender: '2', relation: '38' },
  { $id: BOY, name: '小宝', gender: '1', relation: '41' },
  { $id: MOTHER, name: '老单妈', gender: '2', relation: '52' },
]
const viewOf = (members: Record<string, unknown>[], relations: Record<string, unknown>[] = []): FileView => ({ state: makeState({ members, relations }) }) as unknown as FileView
const figureOf = (view: FileView, key: string) => drawGenogram(view).figures.find((one) => one.key === key)!

describe('the genogram', () => {
  it('puts each generation on its own line, the elder above', () => {
    const view = viewOf(FAMILY)
    const heights = [MOTHER, GRAN, SON, BOY].map((key) => figureOf(view, key).y)
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(new Set(heights).size).toBe(4)
    expect(figureOf(view, GRANDPA).y).toBe(figureOf(view, GRAN).y)
    expect([figureOf(view, GRAN).shape, figureOf(view, GRANDPA).shape, figureOf(view, GRANDPA).isDead]).toEqual(['woman', 'man', true])
  })

  it('joins couples and children by what each is to the head, with nothing drawn by hand', () => {
    const { bonds } = drawGenogram(viewOf(FAMILY))
    expect(bonds.filter((one) => one.kind === 'couple').map((one) => one.key)).toEqual([`${GRAN}+${GRANDPA}`, `${SON}+${WIFE}`])
    expect(bonds.filter((one) => one.kind === 'child').map((one) => one.key).sort()).toEqual([`child ${BOY}`, `child ${GRAN}`, `child ${SON}`].sort())
  })

  it('says nothing where it is not known whose child one is', () => {
    const two = [...FAMILY, { $id: id(7), name: '牛小强', gender: '1', relation: '22' }]
    expect(drawGenogram(viewOf(two)).bonds.some((one) => one.key === `child ${BOY}`)).toBe(false)
  })

  it.each([['02', 0], ['12', 0], ['71', 0], ['24', -1], ['38', -1], ['43', -2], ['47', -3], ['51', 1], ['63', 2], ['85', 1], ['93', -1], ['97', null], ['', null]])('knows the generation of relation %s', (relation, generation) => {
    expect(generationOf(relation as string)).toBe(generation)
  })

  it('shows within the family only ties that are out of the ordinary', () => {
    const ties = drawGenogram(viewOf(FAMILY, [{ person: SON, other: WIFE, tie: 'spouse', quality: 'violent' }, { person: GRAN, other: BOY, tie: 'grandparent' }])).bonds.filter((one) => one.kind === 'tie')
    expect(ties.map((one) => one.quality)).toEqual(['violent'])
  })

  it('keeps figures apart and on the page, however large the family', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ $id: id(20 + i), name: `子${i}`, gender: '1', relation: '24' }))
    const { figures, width } = drawGenogram(viewOf([...FAMILY, ...many]))
    const row = figures.filter((one) => one.y === figures.find((other) => other.key === id(20))!.y).map((one) => one.x).sort((a, b) => a - b)
    expect(row.length).toBe(11)
    expect(row.every((x, i) => x > 22 && x < width - 22 && (i === 0 || x - row[i - 1]! > 44))).toBe(true)
  })
})

describe('the ecomap', () => {
  const view = viewOf(FAMILY, [
    { person: GRAN, other_name: '村医老周', other_kind: 'clinic', tie: 'contact', quality: 'strong', support: ['care'] },
    { person: GRAN, other_name: '侄女', other_kind: 'relative', tie: 'relative' },
    { person: GRAN, other: BOY, tie: 'grandparent', quality: 'strong' },
  ])

  it('holds what stands outside the family, with how the tie is and whether help comes', () => {
    expect(drawEcomap(view).map((one) => [one.name, one.kind, one.quality, one.gives])).toEqual([['村医老周', 'clinic', 'strong', true], ['侄女', 'relative', 'normal', false]])
  })

  it('is said in words as well, ties inside the family too', () => {
    expect(sayTies(view).map((one) => `${one.from}>${one.to}`)).toEqual(['单桂英>村医老周', '单桂英>侄女', '单桂英>小宝'])
  })
})
