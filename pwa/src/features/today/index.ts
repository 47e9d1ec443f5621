export { default } from './Today.vue'
