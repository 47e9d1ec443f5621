export { default } from './Visit.vue'
