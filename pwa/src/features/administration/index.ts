export { default } from './AdministrationScreen.vue'
