/**
 * Lint rule: every native field says `autocomplete="off"` (a password field `new-password`). Without it Chromium writes what was
 * typed into its session files, in clear. Checkboxes and file buttons say it too: one rule without exceptions is one that holds.
 */
const SAFE = ['off', 'new-password']

function valuesOf(node) {
  if (!node) return []
  if (node.type === 'Literal') return [node.value]
  if (node.type === 'ConditionalExpression') return [...valuesOf(node.consequent), ...valuesOf(node.alternate)]
  return [null]
}

function saysOff(element) {
  return element.startTag.attributes.some((attribute) => {
    if (!attribute.directive) return attribute.key.name === 'autocomplete' && SAFE.includes(attribute.value?.value)
    const name = attribute.key.argument?.name
    const values = name === 'autocomplete' ? valuesOf(attribute.value?.expression) : []
    return values.length > 0 && values.every((value) => SAFE.includes(value))
  })
}

export default {
  meta: { type: 'problem', schema: [], messages: { leaks: 'a field without autocomplete="off" leaks what is typed into the browser\'s own files' } },
  create(context) {
    const services = context.sourceCode.parserServices
    if (!services?.defineTemplateBodyVisitor) return {}
    return services.defineTemplateBodyVisitor({
      'VElement[rawName=/^(input|textarea|select)$/]'(node) {
        if (!saysOff(node)) context.report({ node, messageId: 'leaks' })
      },
    })
  },
}
