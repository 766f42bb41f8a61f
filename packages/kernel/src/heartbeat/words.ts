import { timeOfDay } from './hours.ts'

/** What an agent answers when there is nothing to say. */
export const nothing = 'HEARTBEAT_OK'

/** A remark beside the word that is as short as this is not worth a message. */
const mostAside = 300
const mostNotes = 20_000

const defaultPrompt = `Look whether anything needs attention now: by the notes below, if there are any, and by what you promised in this conversation. Do not repeat what was said before.`

/**
 * What the agent is told at a beat. It begins in brackets, which says that it comes from us, so that no word of it counts
 * as a command that a person typed.
 */
export function messageOf(beat: {
  readonly atMs: number
  readonly timeZone: string | undefined
  readonly prompt: string | undefined
  /** The text of HEARTBEAT.md. */
  readonly notes: string | undefined
}): string {
  const zone = beat.timeZone === undefined ? '' : ` ${beat.timeZone}`
  const notes = beat.notes?.trim().slice(0, mostNotes)
  return [
    `[from OpenClaw: heartbeat, ${timeOfDay(beat.atMs, beat.timeZone)}${zone}]`,
    beat.prompt ?? defaultPrompt,
    `If there is nothing to say, answer ${nothing} and nothing else: then nobody is disturbed.`,
    ...(notes ? [`\nHEARTBEAT.md:\n${notes}`] : []),
  ].join('\n')
}

/** Do notes ask for nothing? Headings, comments and bullets without words are no tasks. */
export function isEmpty(notes: string): boolean {
  return notes
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .split('\n')
    .every((line) => /^\s*(?:#.*|[-*+](?:\s*\[[ x]?\])?)?\s*$/.test(line))
}

/** What of an answer is to be said; empty when the word for nothing begins or ends it and hardly anything is beside it. */
export function saidIn(answer: string): string {
  const text = answer.trim()
  const rest = text.replace(new RegExp(`^\\W{0,4}${nothing}\\b\\W{0,4}|\\W{0,4}\\b${nothing}\\W{0,4}$`, 'g'), '').trim()
  return rest !== text && rest.length <= mostAside ? '' : rest
}
