export { default } from './ErasuresScreen.vue'
