export { default } from './Me.vue'
