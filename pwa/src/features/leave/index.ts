export { default } from './Leave.vue'
