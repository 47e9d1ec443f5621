export { default } from './Assessment.vue'
