export { default } from './DeskScreen.vue'
