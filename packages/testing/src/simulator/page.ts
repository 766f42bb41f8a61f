import type { Kernel } from '@openclaw/kernel'
import type { Life } from './life.ts'
import type { Oracle } from './oracle.ts'

/** The owner's own page: it says a thing again, by the same key, until it is answered. */
export interface Page {
  readonly said: readonly { readonly key: string; readonly text: string }[]
  say(text: string): void
  /** A gateway is there. */
  open(kernel: Kernel, life: Life): void
  /** Everything that was said is answered. */
  isQuiet(): boolean
}

/** A page on which nothing was said. */
export function openPage(oracle: Oracle): Page {
  const said: { key: string; text: string; run?: string }[] = []
  let gateway: { kernel: Kernel; life: Life } | undefined

  async function send(one: (typeof said)[number], { kernel, life }: { kernel: Kernel; life: Life }): Promise<void> {
    while (life.alive && one.run === undefined) {
      try {
        const { run } = await kernel.call('chat.send', { message: one.text, idempotencyKey: one.key })
        oracle.answers(one.key)
        // The answer may not arrive, and then it is asked again.
        await life.outside(`page hears of ${one.key}`, () => void (one.run = run))
      } catch {
        await life.outside('page waits', () => {}, { fromMs: 100, uptoMs: 500 })
      }
    }
  }

  return {
    said,
    say(text) {
      const one = { key: `page${said.length + 1}`, text }
      said.push(one)
      if (gateway?.life.alive) void send(one, gateway)
    },
    open(kernel, life) {
      gateway = { kernel, life }
      for (const one of said) if (one.run === undefined) void send(one, gateway)
    },
    isQuiet: () => said.every(({ run }) => run !== undefined),
  }
}
