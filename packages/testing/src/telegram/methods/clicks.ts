import { refuse } from '../refusal.ts'
import type { Methods } from './method.ts'

/** Clicks on buttons that wait for their answer. */
export interface Clicks {
  /** Registers a click; `answered` resolves with what is shown for it. */
  begin(): { readonly id: string; readonly answered: Promise<string | undefined> }
  /** False when there is no such click, or it was answered. */
  answer(id: string, text: string | undefined): boolean
}

export function openClicks(): Clicks {
  const waiting = new Map<string, (text: string | undefined) => void>()
  let last = 4_000_000_000_000_000
  return {
    begin() {
      const id = String(++last)
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      waiting.set(id, resolve)
      return { id, answered: promise }
    },
    answer(id, text) {
      waiting.get(id)?.(text)
      return waiting.delete(id)
    },
  }
}

/** https://core.telegram.org/bots/api#answercallbackquery */
export function clickMethods({ clicks }: { readonly clicks: Clicks }): Methods {
  return {
    answerCallbackQuery(params) {
      const text = params.text('text')
      if ((text?.length ?? 0) > 200) throw refuse(400, 'Bad Request: MESSAGE_TOO_LONG')
      if (!clicks.answer(params.text('callback_query_id') ?? '', text))
        throw refuse(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid')
      return true
    },
  }
}
