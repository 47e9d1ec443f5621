export { default } from './TransferScreen.vue'
