export { default } from './StuckScreen.vue'
