export { default } from './ConflictsScreen.vue'
