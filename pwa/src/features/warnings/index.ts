export { default } from './WarningsScreen.vue'
