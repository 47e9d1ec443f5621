export { default } from './RestrictedScreen.vue'
