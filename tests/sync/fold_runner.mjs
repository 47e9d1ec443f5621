/**
 * Folds histories in the phone's own code, for comparison with Python: reads one JSON line a history from standard
 * input, writes one line back; a line with `text` asks only whether that change can be read. Bundles `pwa/src/sync` with the rolldown that Vite brings, so it needs no network.
 *
 *   node fold_runner.mjs PWA_FOLDER [FILE_NAME FROM TO]
 *
 * The three last arguments make a mutant: in the source file of that name the text FROM, which must occur exactly
 * once, becomes TO. Used to show that the comparison notices a fault.
 */
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
  export { readChange, changeId } from '${pwa}/src/sync/change.ts'
  export { fold, stateDigest } from '${pwa}/src/sync/fold.ts'
` : null) }

const folder = mkdtempSync(join(tmpdir(), 'yihu-fold-'))
const bundle = await rolldown({ input: 'entry', plugins: [entry, mutate], platform: 'neutral', cwd: pwa })
await bundle.write({ file: join(folder, 'fold.mjs'), format: 'esm' })
await bundle.close()
if (mutantFile && mutated !== 1) {
  process.stderr.write(`${mutantFile}: the text to change occurs ${mutated} times\n`)
  process.exit(2)
}
const { canonicalize, readChange, changeId, fold, stateDigest } = await import(pathToFileURL(join(folder, 'fold.mjs')))
rmSync(folder, { recursive: true })

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  const history = JSON.parse(line)
  try {
    if ('text' in history) readChange(history.text)
    const inputs = (history.changes || []).map(({ text, verdict }) => ({ id: changeId(text), change: readChange(text), verdict }))
    const files = Array.from(new Set(inputs.map(({ change }) => change.file))).sort()
    const folds = files.map(file => fold(history.rules, inputs, file))
    answer = 'text' in history ? '"read"' : canonicalize(folds.map(folded => ({ digest: stateDigest(folded), folded })))
  } catch (error) {
    answer = JSON.stringify(error.code || String(error.stack))
  }
  process.stdout.write(answer + '\n')
}
