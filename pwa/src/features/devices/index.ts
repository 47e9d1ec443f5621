export { default } from './DevicesScreen.vue'
