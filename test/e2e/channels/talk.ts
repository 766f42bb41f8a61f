import { setTimeout as pause } from 'node:timers/promises'
import type { Counterpart } from '@openclaw/testing'
import { marksIn } from './marks.ts'

/** Something that a person said, by a mark that stands in every answer to it. */
export interface Said {
  readonly mark: string
  readonly person: string
  /** Where they said it, and where they must be answered. */
  readonly peer: { readonly id: string }
  /** How often it was said: more than once only where the platform keeps nothing for us while we are away. */
  times: number
}

/** What several people say by turns. */
export interface Talk {
  readonly said: readonly Said[]
  /** Says as many messages as are missing to that number, now and then one that the platform delivers several times. */
  speakUpTo(count: number): Promise<void>
  /** Who got no answer says it again. */
  sayAgain(): Promise<void>
  isAllAnswered(): boolean
}

/** Lets them talk; the pauses and the doubled messages are drawn from `random`. */
export function openTalk(counterpart: Counterpart, people: readonly string[], random: () => number): Talk {
  const said: Said[] = []

  async function speak(): Promise<void> {
    const who = said.length % people.length
    const mark = `m${said.length}p${who}`
    const person = people[who]!
    said.push({ mark, person, peer: counterpart.direct(person), times: 1 })
    if (random() < 0.2 && !counterpart.immune?.includes('duplicate'))
      counterpart.fault({ kind: 'duplicate', times: 2 + Math.floor(random() * 3) })
    await counterpart.says(`please note ${mark}`, { from: person })
    await pause(random() * 30)
  }

  function open(): Said[] {
    const answered = new Set(counterpart.sees().flatMap(({ text }) => marksIn(text)))
    return said.filter(({ mark }) => !answered.has(mark))
  }

  return {
    said,
    async speakUpTo(count) {
      while (said.length < count) await speak()
    },
    async sayAgain() {
      for (const one of open()) {
        one.times++
        await counterpart.says(`please note ${one.mark}`, { from: one.person })
      }
    },
    isAllAnswered: () => open().length === 0,
  }
}
