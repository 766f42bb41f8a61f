export { telegramEmulator, type TelegramEmulator, type TelegramOptions } from './emulator.ts'
export { parseHtml, type Formatted } from './entities.ts'
export type { Hook } from './webhook.ts'
export type {
  TelegramButton,
  TelegramChat,
  TelegramEntity,
  TelegramMessage,
  TelegramUpdate,
  TelegramUser,
  UpdateKind,
} from './types.ts'
