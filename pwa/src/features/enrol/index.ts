export { default } from './Enrol.vue'
