export { default } from './InboxScreen.vue'
