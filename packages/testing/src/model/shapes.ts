import { anthropicProblems } from './shapes/anthropic.ts'
import { chatProblems } from './shapes/chat.ts'
import { geminiProblems } from './shapes/gemini.ts'
import { responsesProblems } from './shapes/responses.ts'

/** The shapes of requests that vendors have. */
export type Shape = 'anthropic' | 'chat' | 'responses' | 'gemini'

/**
 * What a vendor would refuse in the body of a request of each shape, in words; nothing when it would take it. Stricter
 * than most servers are: what one of them refuses is a problem.
 */
export const shapeProblems: Readonly<Record<Shape, (body: unknown) => string[]>> = {
  anthropic: anthropicProblems,
  chat: chatProblems,
  responses: responsesProblems,
  gemini: geminiProblems,
}
