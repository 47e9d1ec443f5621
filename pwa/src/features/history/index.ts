export { default } from './HistoryScreen.vue'
