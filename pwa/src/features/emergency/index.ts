export { default } from './Emergency.vue'
