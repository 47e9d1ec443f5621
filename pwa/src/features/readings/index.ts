export { default } from './ReadingsScreen.vue'
