/**
 * Lint rule: who may import whom inside src/. records <- sync <- vault, api <- device <- features <- app; ui and i18n know no
 * other room; a feature never imports another feature.
 */
import { dirname, relative, resolve } from 'node:path'

const SOURCE = resolve(import.meta.dirname, '../../src')
const BASE = ['records', 'sync']
const MAY = {
  records: [],
  sync: ['records'],
  vault: BASE,
  api: BASE,
  device: [...BASE, 'vault', 'api'],
  ui: ['i18n'],
  i18n: [],
  worker: [],
  features: [...BASE, 'device', 'ui', 'i18n'],
  app: [...BASE, 'device', 'ui', 'i18n', 'features', 'worker'],
}

function place(path) {
  const parts = relative(SOURCE, path).split(/[\\/]/)
  return parts[0] === '..' || parts.length < 2 ? null : { room: parts[0], feature: parts[0] === 'features' ? parts[1] : null }
}

export default {
  meta: { type: 'problem', schema: [], messages: { room: '{{from}} may not import {{to}}', feature: 'a feature may not import another feature' } },
  create(context) {
    const from = place(context.filename)
    if (!from) return {}
    const check = (node) => {
      const name = node.source?.value
      if (typeof name !== 'string' || !name.startsWith('.')) return
      const to = place(resolve(dirname(context.filename), name))
      if (!to) return
      if (from.feature && to.feature && from.feature !== to.feature) context.report({ node, messageId: 'feature' })
      else if (from.room !== to.room && !(MAY[from.room] ?? []).includes(to.room))
        context.report({ node, messageId: 'room', data: { from: from.room, to: to.room } })
    }
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}
