export { default } from './RenewScreen.vue'
