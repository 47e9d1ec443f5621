/** Lint rules of the phone app: types, who may import whom, and what leaks or injects. Formatting is not policed. */
import tseslint from 'typescript-eslint'
import vue from 'eslint-plugin-vue'
import fields from './build/lint/fields.js'
import rooms from './build/lint/rooms.js'

const HTML_STRINGS = [
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: 'No HTML strings: they are where scripts get in.' },
  { selector: "CallExpression[callee.object.name='document'][callee.property.name='write']", message: 'No HTML strings.' },
]

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'src/records/generated/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/essential'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    plugins: { yihu: { rules: { fields, rooms } } },
    rules: {
      'yihu/rooms': 'error',
      'yihu/fields': 'error',
      'no-restricted-syntax': ['error', ...HTML_STRINGS],
      'no-eval': 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
    },
  },
  {
    // What is typed leaks through the browser's session restore unless the field says autocomplete=off: only ui/ makes fields.
    files: ['src/{app,features}/**/*.vue'],
    rules: { 'vue/no-restricted-html-elements': ['error', 'input', 'textarea', 'select'] },
  },
)
