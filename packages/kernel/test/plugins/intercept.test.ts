import { describe, expect, it } from 'vitest'
import type { Extension } from '@openclaw/sdk'
import { testPlatform } from '@openclaw/testing'
import { openChain } from '../../src/plugins/intercept.ts'

type Given = NonNullable<Extension['intercept']>
const { signal } = new AbortController()
const prompt = (note: string) => ({ session: 's', role: 'owner' as const, note })

function chain(...plugged: readonly (readonly [string, Given])[]) {
  const { clock } = testPlatform('/nowhere')
  const failed: string[] = []
  const opened = openChain({
    clock,
    failed: (plugin, name, error) => void failed.push(`${plugin} ${name} ${(error as Error).message}`),
  })
  const added = plugged.map(([plugin, given]) => opened.add(plugin, given))
  return { ...opened, clock, failed, added }
}

describe('interceptors', () => {
  it('run one after the other: first, then normal, then last, each on what the one before made', async () => {
    const add =
      (text: string) =>
      ({ note }: { note: string }) => ({ replace: prompt(`${note}${text}`) })
    const { intercept, intercepts } = chain(
      ['a', { prompt: { order: 'last', handle: add('a') } }],
      ['b', { prompt: add('b') }],
      ['c', { prompt: { order: 'first', handle: add('c') } }],
      ['d', { prompt: async (value) => add('d')(value) }],
    )
    expect(await intercept('prompt', prompt(''), signal)).toEqual({ value: prompt('cbda') })
    expect(intercepts('prompt')).toBe(true)
    expect(intercepts('outbound')).toBe(false)
  })

  it('leave the value as it is when they say nothing', async () => {
    const value = prompt('x')
    expect(await chain(['a', { prompt: () => {} }]).intercept('prompt', value, signal)).toEqual({ value })
    expect(await chain().intercept('prompt', value, signal)).toEqual({ value })
  })

  it('stop a value with a verdict, and the rest does not see it', async () => {
    let seen = 0
    const { intercept } = chain(
      ['a', { 'tool.call': () => ({ stop: { deny: 'not on Sundays' } }) }],
      ['b', { 'tool.call': () => void seen++ }],
    )
    expect(await intercept('tool.call', { session: 's', tool: 'bash', input: {}, role: 'owner' }, signal)).toEqual({
      stopped: { deny: 'not on Sundays' },
    })
    expect(seen).toBe(0)
  })

  it('fail closed: a throw or nonsense stops the value, and it is said who did it', async () => {
    for (const handle of [
      () => {
        throw new Error('oops')
      },
      () => Promise.reject(new Error('oops')),
      () => ({}) as never,
      () => ({ replace: undefined }) as never,
      () => 'drop' as never,
    ]) {
      const { intercept, failed } = chain(['good', {}], ['bad', { inbound: handle }])
      expect(await intercept('inbound', {} as never, signal)).toEqual({ failed: 'bad' })
      expect(failed).toHaveLength(1)
    }
  })

  it('fail closed after ten seconds, and are told to give up', async () => {
    let told: AbortSignal | undefined
    const { intercept, clock, failed } = chain([
      'slow',
      { inbound: (_, given) => ((told = given), new Promise(() => {})) },
    ])
    const answer = intercept('inbound', {} as never, signal)
    await clock.advance(10_000)
    expect(await answer).toEqual({ failed: 'slow' })
    expect(told?.aborted).toBe(true)
    expect(failed[0]).toContain('no answer within 10 s')
  })

  it('are gone when their plugin is', async () => {
    const { intercept, intercepts, added } = chain(['a', { inbound: () => ({ stop: 'drop' }) }])
    expect(added[0]?.names).toEqual(['inbound'])
    added[0]?.[Symbol.dispose]()
    expect(intercepts('inbound')).toBe(false)
    expect(await intercept('inbound', 1 as never, signal)).toEqual({ value: 1 })
  })
})
