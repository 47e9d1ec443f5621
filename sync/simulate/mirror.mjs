/**
 * The phone's own fold for the simulation: one JSON line in, one line out, in the same order.
 *
 *   node mirror.mjs PWA_FOLDER [FILE_NAME FROM TO]
 *
 * `{"rules": {version: rules}}` sets the merge rules. Any other line is a list of folds of one history,
 * `{"texts": {id: text}, "folds": [{"version", "file", "inputs": [[id, verdict or null]]}]}`; the answer is a list of hashes
 * over the canonical folded file and its digest. The last three arguments make a mutant of one source file, for the tests.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [pwa, mutantFile, from, to] = process.argv.slice(2)
const { rolldown } = await import(pathToFileURL(createRequire(join(pwa, 'package.json')).resolve('rolldown')))

let mutated = 0
const mutate = {
  name: 'mutate',
  transform(code, id) {
    if (!mutantFile || !id.endsWith('/sync/' + mutantFile)) return null
    mutated = code.split(from).length - 1
    return code.split(from).join(to)
  },
}
const entry = { name: 'entry', resolveId: id => (id === 'entry' ? id : null), load: id => (id === 'entry' ? `
  export { canonicalize } from '${pwa}/src/sync/canonical.ts'
  export { readChange } from '${pwa}/src/sync/change.ts'
  export { acceptedOf } from '${pwa}/src/sync/inputs.ts'
  export { fold, stateDigest } from '${pwa}/src/sync/fold.ts'
` : null) }

const folder = mkdtempSync(join(tmpdir(), 'yihu-mirror-'))
const bundle = await rolldown({ input: 'entry', plugins: [entry, mutate], platform: 'neutral', cwd: pwa })
await bundle.write({ file: join(folder, 'fold.mjs'), format: 'esm' })
await bundle.close()
const { acceptedOf, canonicalize, fold, readChange, stateDigest } = await import(pathToFileURL(join(folder, 'fold.mjs')))
rmSync(folder, { recursive: true })
if (mutantFile && mutated !== 1) {
  process.stderr.write(`${mutantFile}: the text to change occurs ${mutated} times\n`)
  process.exit(2)
}

let rules = {}
const answers = ({ texts, folds }) => {
  const changes = Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, readChange(text)]))
  return folds.map(({ version, file, inputs }) => {
    const given = inputs.map(([id, verdict]) => ({ id, change: changes[id], verdict }))
    const folded = canonicalize(fold(rules[version], given, file))
    const digest = stateDigest(fold(rules[version], acceptedOf(given), file))
    return createHash('sha256').update(folded + digest).digest('hex')
  })
}
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  if (asked.rules) rules = asked.rules
  else {
    let answer
    try {
      answer = answers(asked)
    } catch (error) {
      answer = [String(error.code || error.stack)]
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}
