export { default } from './Help.vue'
