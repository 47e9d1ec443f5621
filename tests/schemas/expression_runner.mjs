/**
 * Evaluates expressions in the phone's own code, for comparison with Python: one JSON line {expression, variables} in, one line
 * out: {"refused": true}, {"unknown": true} or {"value": ...}. Bundles with the rolldown that Vite brings.
 *
 *   node expression_runner.mjs PWA_FOLDER [FROM TO]
 *
 * The two last arguments make a mutant: in expression.ts the text FROM, which must occur exactly once, becomes TO.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [pwa, from, to] = process.argv.slice(2)
const { rolldown } = await import(pathToFileURL(createRequire(join(pwa, 'package.json')).resolve('rolldown')))

let mutated = 0
const mutate = {
  name: 'mutate',
  transform(code, id) {
    if (from === undefined || !id.endsWith('/forms/expression.ts')) return null
    mutated = code.split(from).length - 1
    return code.split(from).join(to)
  },
}
const folder = mkdtempSync(join(tmpdir(), 'yihu-expressions-'))
const bundle = await rolldown({ input: join(pwa, 'src/records/forms/expression.ts'), plugins: [mutate], platform: 'neutral', cwd: pwa })
await bundle.write({ file: join(folder, 'expression.mjs'), format: 'esm' })
await bundle.close()
if (from !== undefined && mutated !== 1) {
  process.stderr.write(`the text to change occurs ${mutated} times\n`)
  process.exit(2)
}
const { evaluate, ExpressionError } = await import(pathToFileURL(join(folder, 'expression.mjs')))
rmSync(folder, { recursive: true })

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, variables } = JSON.parse(line)
  let answer
  try {
    const value = evaluate(expression, variables)
    answer = value === undefined ? { unknown: true } : { value }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    answer = { refused: true }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
