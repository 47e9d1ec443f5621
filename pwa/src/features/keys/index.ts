export { default } from './KeysScreen.vue'
