export { default } from './Casework.vue'
