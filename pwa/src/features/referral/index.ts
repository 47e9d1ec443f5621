export { default } from './Referral.vue'
