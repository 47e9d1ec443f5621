export { default } from './LedgerImport.vue'
