export { default } from './StandInsScreen.vue'
