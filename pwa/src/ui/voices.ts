/** Recording and hearing voice notes: one chunk for the few screens that do. */
export { default as YVoice } from './YVoice.vue'
export { default as YVoiceButton } from './YVoiceButton.vue'
