export { default } from './OwnSaveScreen.vue'
