export { default } from './NewHousehold.vue'
