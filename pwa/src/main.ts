/** Starts the app: makes the phone's device, hands it to the shell. */
import { createApp, h } from 'vue'

createApp({ render: () => h('p', '一户') }).mount('#app')
