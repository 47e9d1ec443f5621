export { default } from './AlarmsScreen.vue'
