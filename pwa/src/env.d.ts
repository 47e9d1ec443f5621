/// <reference types="vite/client" />

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}

declare module 'virtual:pinyin' {
  const table: { syllables: string[]; codes: string; surnames: Record<string, string> }
  export default table
}
