export { default } from './Caseload.vue'
