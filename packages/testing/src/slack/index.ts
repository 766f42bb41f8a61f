export { slackEmulator } from './emulator.ts'
export type { DisconnectReason, SlackEmulator, SlackOptions } from './options.ts'
