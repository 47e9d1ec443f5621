export { default } from './ReviewScreen.vue'
