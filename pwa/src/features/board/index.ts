export { default } from './BoardScreen.vue'
