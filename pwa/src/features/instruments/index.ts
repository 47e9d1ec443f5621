export { default } from './Instruments.vue'
