export { default } from './RecordForm.vue'
