export { default } from './Households.vue'
