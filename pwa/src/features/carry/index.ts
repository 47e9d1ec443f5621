export { default } from './CarryScreen.vue'
