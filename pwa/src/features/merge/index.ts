export { default } from './MergeScreen.vue'
