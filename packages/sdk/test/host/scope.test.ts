import { describe, expect, it } from 'vitest'
import { testPlatform } from '@openclaw/testing'
import { openScope } from '../../src/host/index.ts'
import { keepingLog } from './places.ts'

function open() {
  const { clock } = testPlatform('/nowhere')
  const log = keepingLog()
  return { clock, log, ...openScope({ label: 'plugin x', log, clock }) }
}

describe('a scope', () => {
  it('ends what it holds last in first out, after its signal, and nothing is left', async () => {
    const { scope, holds, close } = open()
    const order: string[] = []
    scope.signal.addEventListener('abort', () => order.push('signal'))
    scope.defer(() => void order.push('first'), 'one')
    scope.use({ [Symbol.dispose]: () => void order.push('second') }, 'two')
    scope.use({ [Symbol.asyncDispose]: async () => void order.push('third') }, 'three')
    scope.defer(() => void order.push('fourth'))
    expect(holds()).toEqual(['one', 'two', 'three', 'cleanup'])
    expect(await close()).toEqual([])
    expect(order).toEqual(['signal', 'fourth', 'third', 'second', 'first'])
    expect(holds()).toEqual([])
  })

  it('gives back what it takes', () => {
    const { scope } = open()
    const resource = { [Symbol.dispose]: () => {}, name: 'mine' }
    expect(scope.use(resource)).toBe(resource)
  })

  it('goes on when a cleanup throws, and says what is left', async () => {
    const { scope, close, log } = open()
    let ended = false
    scope.defer(() => void (ended = true), 'socket')
    scope.defer(() => Promise.reject(new Error('busy')), 'file')
    expect(await close()).toEqual(['file: busy'])
    expect(ended).toBe(true)
    expect(log.said).toHaveLength(1)
  })

  it('waits five seconds for each cleanup, then goes on', async () => {
    const { scope, close, clock } = open()
    let ended = false
    scope.defer(() => void (ended = true), 'first')
    scope.defer(() => new Promise(() => {}), 'hanging')
    const closed = close()
    await clock.advance(4999)
    expect(ended).toBe(false)
    await clock.advance(1)
    expect(await closed).toEqual(['hanging: did not end within 5 s'])
    expect(ended).toBe(true)
  })

  it('closes once, whoever asks', async () => {
    const { scope, close } = open()
    let count = 0
    scope.defer(() => void count++)
    await Promise.all([close(), close()])
    expect(count).toBe(1)
  })

  it('ends at once what comes too late', async () => {
    const { scope, close, holds } = open()
    await close()
    const late = Promise.withResolvers<void>()
    scope.defer(() => late.resolve())
    await late.promise
    expect(holds()).toEqual([])
  })

  it('ends what a cleanup itself opens', async () => {
    const { scope, close } = open()
    const inner = Promise.withResolvers<void>()
    scope.defer(() => scope.defer(() => inner.resolve()))
    await close()
    await inner.promise
  })
})
