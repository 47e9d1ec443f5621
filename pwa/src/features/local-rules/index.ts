export { default } from './LocalRulesScreen.vue'
