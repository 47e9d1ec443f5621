export { default } from './Unlock.vue'
