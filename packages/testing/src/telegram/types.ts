/** Shapes of the Bot API as far as the emulator knows them (https://core.telegram.org/bots/api#available-types). */
export interface TelegramUser {
  readonly id: number
  readonly is_bot: boolean
  readonly first_name: string
  readonly username?: string
}

export interface TelegramChat {
  readonly id: number
  readonly type: 'private' | 'group' | 'supergroup'
  readonly title?: string
  readonly first_name?: string
  readonly is_forum?: true
}

export interface TelegramEntity {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly language?: string
}

export interface TelegramButton {
  readonly text: string
  readonly callback_data?: string
}

export interface TelegramMessage {
  readonly message_id: number
  readonly date: number
  readonly chat: TelegramChat
  readonly from?: TelegramUser
  readonly message_thread_id?: number
  readonly is_topic_message?: true
  readonly media_group_id?: string
  readonly text?: string
  readonly entities?: readonly TelegramEntity[]
  readonly caption?: string
  readonly caption_entities?: readonly TelegramEntity[]
  readonly reply_to_message?: TelegramMessage
  readonly reply_markup?: { readonly inline_keyboard: readonly (readonly TelegramButton[])[] }
  readonly edit_date?: number
  /** Media, and what service messages say. */
  readonly [field: string]: unknown
}

/** Kinds of update, by the field that holds them (https://core.telegram.org/bots/api#update). */
export type UpdateKind = 'message' | 'edited_message' | 'message_reaction' | 'callback_query' | 'my_chat_member'

export interface TelegramUpdate {
  readonly update_id: number
  readonly [kind: string]: unknown
}
