import type { LedgerRecord, LineDraft } from '@openclaw/protocol'
import { openParagraphs } from '../delivery/paragraphs.ts'
import type { RunParts } from './parts.ts'

type Accept = LedgerRecord<'accept'>
type Outbound = LedgerRecord<'outbound'>

/** Paragraphs that are shorter than this wait for the next ones: a heading alone is no message. */
const leastChars = 120
/** A call is told in one short line. */
const mostOfCall = 100

/**
 * What of a run goes to the chat before the run is over. Each part is an outbound of its own: a paragraph is durable
 * before it is sent, together with what it says, so that a run that goes on after a crash goes on behind it; the rest of
 * a step goes out in the very commit that holds the step's lines.
 */
export interface Spoken {
  /** A piece of what the model says. */
  hear(delta: string): void
  /** What the lines of a commit say and nobody was told yet; `done` once they are durable. */
  with(drafts: readonly LineDraft[]): Promise<{ readonly records: readonly LedgerRecord[]; done(): void }>
  /** Forgets what was heard and not said: the model is asked anew. Resolves when no part is on its way to the disk. */
  again(): Promise<void>
  /** The line of what was said and stands in none yet, neither in the journal nor among these. */
  unwritten(model: string, drafts?: readonly LineDraft[]): LineDraft<'assistant'> | undefined
  /** What of the answer nobody was told yet. */
  rest(answer: string): string
  /** True once a part is owed: the mark of a reply stands at the first one alone. */
  readonly begun: boolean
}

/** Undefined when nothing goes out before the end: no chat, or neither its channel nor its session is set so. */
export function openSpoken(
  parts: Pick<RunParts, 'platform' | 'ledger' | 'deliver' | 'log' | 'mask'>,
  run: {
    readonly id: string
    readonly accepts: readonly Accept[]
    readonly verbose: boolean
    /** Finished paragraphs go out. */
    readonly aloud: boolean
  },
): Spoken | undefined {
  const { ledger, platform } = parts
  const { aloud, verbose } = run
  const { session, reply, replyTo } = run.accepts[0]!
  if (!reply) return undefined
  const owed = run.accepts.find(({ id }) => ledger.owed.parts.has(id))
  if (!aloud && !verbose && !owed) return undefined
  const accept = (owed ?? run.accepts[0]!).id
  /** What went out of a message whose line is not written yet. */
  let said = [...(ledger.owed.parts.get(accept)?.texts ?? [])]
  let begun = owed !== undefined
  let heard = openParagraphs()
  let working: Promise<void> | undefined

  const outbound = (text: string): Outbound => ({
    type: 'outbound',
    id: platform.random.id(),
    session,
    run: run.id,
    address: reply,
    text,
    ...(begun || !replyTo ? {} : { replyTo }),
    part: accept,
    at: platform.clock.now(),
  })

  async function say(text: string) {
    const one = outbound(text.trim())
    const to = heard
    await ledger.commit([one])
    said.push(one.text)
    begun = true
    to.drop(text.length)
    parts.deliver([one])
  }

  function speak() {
    const text = heard.finished()
    if (working || text.trim().length < leastChars) return
    working = say(text)
      .then(
        () => true,
        (error: unknown) => {
          // It is said with what comes next, or with the end.
          parts.log.debug(`run ${run.id}: a part of the answer waits for the disk`, { error: String(error) })
          return false
        },
      )
      .then((done) => {
        working = undefined
        if (done) speak()
      })
  }

  return {
    hear(delta) {
      if (!aloud) return
      heard.add(delta)
      speak()
    },
    async with(drafts) {
      while (working) await working
      const outbounds: Outbound[] = []
      let before: readonly string[] = said
      for (const draft of drafts) {
        if (draft.kind !== 'assistant') continue
        const text = behind(textOf(draft), before)
        const calls = draft.body.content.flatMap((part) => (part.type === 'call' ? [callLine(part, parts.mask)] : []))
        const news = [aloud ? text : '', verbose ? calls.join('\n') : ''].filter(Boolean).join('\n\n')
        if (news) outbounds.push(outbound(news))
        before = []
      }
      const written = outbounds.length > 0 || (before !== said && said.length > 0)
      const none = { type: 'parts' as const, session, accept, texts: [] }
      const records: LedgerRecord[] = written ? [...outbounds, none] : []
      return {
        records,
        done() {
          if (records.length === 0) return
          said = []
          begun ||= outbounds.length > 0
          heard = openParagraphs()
          parts.deliver(outbounds)
        },
      }
    },
    async again() {
      while (working) await working
      heard = openParagraphs()
    },
    unwritten(model, drafts = []) {
      if (said.length === 0 || drafts.some(({ kind }) => kind === 'assistant')) return undefined
      const text = said.join('\n\n')
      return { kind: 'assistant', body: { run: run.id, model, content: [{ type: 'text', text }], stop: 'aborted' } }
    },
    rest: (answer) => behind(answer, said),
    get begun() {
      return begun
    },
  }
}

function textOf({ body }: LineDraft<'assistant'>): string {
  return body.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
}

/** What stands behind these parts of a text; all of it when they are not its beginning, as twice is better than never. */
function behind(text: string, parts: readonly string[]): string {
  let rest = text.trim()
  for (const part of parts) {
    if (!rest.startsWith(part)) return text.trim()
    rest = rest.slice(part.length).trim()
  }
  return rest
}

/** A call as people are told of it: its tool and the beginning of what it was given, without secrets that we know. */
function callLine({ name, input }: { readonly name: string; readonly input: unknown }, mask: RunParts['mask']): string {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [input]
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  // In one code span, so that nothing of it is taken for markup.
  const text = mask(`${name} ${words.join(' ')}`)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('`', "'")
    .trim()
  const begin = [...text.slice(0, 2 * mostOfCall)].slice(0, mostOfCall).join('')
  return `→ \`${begin}${begin.length < text.length ? '…' : ''}\``
}
