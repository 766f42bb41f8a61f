import type { Counterpart, Seen } from '@openclaw/testing'
import { marksIn } from '../channels/marks.ts'
import type { Said } from '../channels/talk.ts'
import { until } from '../gateway.ts'
import { asks } from './brain.ts'
import { note } from './tools.ts'

/** Long enough for whatever a busy machine has to do first, a start of the gateway too. */
export const patienceMs = 90_000

/** What somebody said; `wrote`: a tool had to note it. */
export type SaidOfDay = Said & { readonly wrote: boolean }

/** Somebody who talks all day. */
export interface Person {
  /** Their stable id on the platform. */
  readonly id: string
  readonly platform: Counterpart
  /** What they said, each by its mark. */
  readonly said: readonly SaidOfDay[]
  /** Says it behind a mark of its own, and resolves with what comes back: what names the mark, or fits. */
  ask(text: string, fits?: RegExp): Promise<Seen>
  /** Says so many things, each when the last one is answered. An owner has every third noted by a tool. */
  talk(count: number): Promise<void>
  /** Types a command, and resolves with the first message that fits. */
  type(command: string, fits: RegExp): Promise<Seen>
  /** The first message that fits and was not there when they said the last thing. */
  sees(fits: (seen: Seen) => boolean): Promise<Seen>
  /** The last mark of theirs. */
  readonly mark: string
}

/** The `number` of a person stands in all their marks. */
export function openPerson(platform: Counterpart, number: number, role: 'owner' | 'member', id: string): Person {
  const said: SaidOfDay[] = []
  const peer = platform.direct(id)
  let before: ReadonlySet<string> = new Set()

  async function say(text: string): Promise<void> {
    before = new Set(platform.sees().map(({ message }) => message))
    await platform.says(text, { from: id })
  }

  async function sees(what: string, fits: (seen: Seen) => boolean): Promise<Seen> {
    const news = () => platform.sees().filter((one) => one.peer.id === peer.id && !before.has(one.message))
    return until(async () => news().find(fits), patienceMs).catch(() => {
      throw new Error(`${what}: nobody said so; there is ${JSON.stringify(news().map(({ text }) => text))}`)
    })
  }

  async function ask(text: (mark: string) => string, fits?: RegExp, wrote = false): Promise<Seen> {
    const mark = `m${said.length}p${number}`
    said.push({ mark, person: id, peer, times: 1, wrote })
    const words = `${mark} ${text(mark)}`
    await say(words)
    return sees(words, (one) => (fits ? fits.test(one.text) : marksIn(one.text).includes(mark)))
  }

  return {
    id,
    platform,
    said,
    get mark() {
      return said.at(-1)!.mark
    },
    ask: (text, fits) => ask(() => text, fits),
    async talk(count) {
      for (let n = 0; n < count; n++) {
        const write = role === 'owner' && n % 3 === 0
        await (write ? ask((mark) => asks.use(note(`did ${mark}`)), undefined, true) : ask(() => 'please note'))
      }
    },
    async type(command, fits) {
      await say(command)
      return sees(command, ({ text }) => fits.test(text))
    },
    sees: (fits) => sees('what was to come', fits),
  }
}
