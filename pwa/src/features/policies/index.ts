export { default } from './Policies.vue'
