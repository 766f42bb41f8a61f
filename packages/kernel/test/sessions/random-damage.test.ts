import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyDamage, damaged, filesOn, intactLines, memoryPlatform } from '../damage.ts'
import { checkpoint, openStorage, user } from '../storage.ts'

const key = 'agent:main:telegram:default:user123'

test(
  'R5: 10,000 random damages of a journal cost the lines they hit and nothing else',
  { timeout: 120_000 },
  async () => {
    const platform = memoryPlatform()
    {
      await using storage = await openStorage('/home', { platform })
      for (let at = 0; at < 12; at++)
        await storage.sessions.commit({
          session: key,
          agent: 'main',
          drafts: [user(`turn ${at}: ü 🦞 ${'x'.repeat(at * 9)}`)],
        })
      await storage.sessions.flush()
    }
    const files = filesOn(platform.disk)
    const path = Object.keys(files).find((name) => name.endsWith('.jsonl'))!
    const whole = files[path]!
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damage) => {
        const bytes = damaged(whole, damage)
        const hurt = memoryPlatform({ ...files, [path]: bytes })
        const { sessions, log } = await openStorage('/home', { platform: hurt })
        const intact = intactLines(whole, bytes).map((line) => Buffer.from(line, 'latin1').toString())
        const session = await sessions.open(key)
        expect([...session.texts(0)].sort()).toEqual([...intact].sort())
        const { journals } = await sessions.verify(key).catch(() => ({ journals: [] }))
        const lines = bytes.toString('latin1').split('\n').filter(Boolean)
        const lost = lines.length - intact.length
        // A line that stands twice counts as one too many.
        if (intact.length > 0) expect(journals[0]!.damaged.length).toBeGreaterThanOrEqual(lost)
        if (lost > 0 && intact.length > 0) expect(log.said.join()).toContain('damaged')
        expect(hurt.disk.names.get(path)!.bytes).toEqual(bytes)
      }),
      { numRuns: 10_000 },
    )
  },
)

test('R5: a damaged checkpoint gives back what it left out, and one that is whole is heeded', async () => {
  const platform = memoryPlatform()
  const texts = ['one', 'two']
  {
    await using storage = await openStorage('/home', { platform })
    const commit = (draft: Parameters<typeof storage.sessions.commit>[0]['drafts'][number]) =>
      storage.sessions.commit({ session: key, agent: 'main', drafts: [draft] })
    for (const text of texts) await commit(user(text))
    await commit(checkpoint())
    await commit(user('three'))
  }
  const files = filesOn(platform.disk)
  const path = Object.keys(files).find((name) => name.endsWith('.jsonl'))!
  const seen = async (bytes: Buffer) => {
    const { sessions } = await openStorage('/home', { platform: memoryPlatform({ ...files, [path]: bytes }) })
    return (await sessions.open(key)).lines(0).map(({ kind }) => kind)
  }
  expect(await seen(files[path]!)).toEqual(['checkpoint', 'user'])
  const hurt = Buffer.from(files[path]!)
  hurt[hurt.indexOf('"kind":"checkpoint"') + 30]! ^= 4
  expect(await seen(hurt)).toEqual(['session', 'user', 'user', 'user'])
})
