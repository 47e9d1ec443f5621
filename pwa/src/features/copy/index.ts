export { default } from './FamilyCopy.vue'
