export { default } from './GrantsScreen.vue'
