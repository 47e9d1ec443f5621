export { default } from './Record.vue'
