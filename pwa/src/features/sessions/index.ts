export { default } from './Sessions.vue'
