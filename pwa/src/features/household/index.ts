export { default } from './Household.vue'
