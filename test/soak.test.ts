import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Runs `pnpm soak` to its end. */
function soak(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = [join(root, 'soak/soak.ts'), ...words]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: root }, (_, out, err) =>
      resolve({ code: child.exitCode ?? 1, out, err }),
    )
  })
}

describe('pnpm soak', () => {
  it('ends with one line of figures, which a program can read', async () => {
    const kills = await soak('--kills', '2', '--seed', '7', '--on', 'webchat', '--json')
    expect(kills.err).toContain('2 of 2 kills: webchat, nothing lost')
    expect(kills.out).toBe('{"kills":2,"messages":20,"lost":0,"doubled":0,"wrongRecipient":0,"seed":7}\n')
    expect(kills.code).toBe(0)

    const seeds = await soak('--seeds', '3', '--from', '5', '--json')
    expect(seeds).toMatchObject({ code: 0, out: '{"seeds":3,"failures":0,"firstFailure":null}\n' })
  })

  it('shows of a single seed all that happened', async () => {
    const { err } = await soak('--seeds', '1', '--from', '5')
    expect(err).toContain('seed 5 breaks 0 promises')
    expect(err).toContain('run it again: pnpm soak --seeds 1 --from 5')
  })

  it('says how it is called, with an example of everything, and what was wrong in a call', async () => {
    const { out, code } = await soak('--help')
    expect(code).toBe(0)
    for (const example of ['--kills 1000', '--acks 200', '--seeds 20000', '--documents 100000', '--report'])
      expect(out).toContain(`pnpm soak ${example}`)
    expect((await soak()).out).toBe(out)
    for (const [words, told] of [
      [['--kils', '3'], "Unknown option '--kils'"],
      [['--seeds', 'many'], '--seeds must be a whole number from 1 on, as in: pnpm soak --seeds 20000'],
      [['--kills', '3', '--on', 'mars'], 'nobody writes from "mars"; --on knows: webchat, webhook, telegram'],
    ] as const) {
      const wrong = await soak(...words)
      expect(wrong.err).toContain(told)
      expect(wrong).toMatchObject({ code: 1, out: '' })
    }
  })
})
