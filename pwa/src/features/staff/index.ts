export { default } from './StaffScreen.vue'
