export { default } from './SyncStatus.vue'
