/**
 * Makes a home as this version of the program leaves it, with something of everything in it, for `homes.test.ts` to open
 * for ever: `node test/make-home.ts v2`. Run once for each version of a format, and commit what it makes.
 */
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTool, failure } from '@openclaw/sdk'
import {
  callTool,
  fakeChannel,
  hang,
  say,
  testKernel,
  toolPlugin,
  type Script,
  type TestKernel,
} from '@openclaw/testing'
import Type from 'typebox'
import { readHouse } from './kernel/holds.ts'

const homes = join(import.meta.dirname, 'homes')
const name = process.argv[2] ?? ''
const target = join(homes, name)
if (!/^v\d+$/.test(name)) throw new Error('Name the version: node test/make-home.ts v2')
if (await stat(target).catch(() => undefined)) throw new Error(`${target} is there, and stays as it was written.`)

const config = `// What a person wrote by hand.
{
  agents: { main: { name: 'Claw' } },
  channels: {
    fake: { dm: { policy: 'open' }, groups: { policy: 'open', mention: false }, accounts: { default: {} } },
  },
}
`
const minute = 60_000
const look = toolPlugin('look', [
  defineTool({
    name: 'look',
    description: 'Looks.',
    input: Type.Object({ at: Type.String() }),
    effect: 'read',
    run: async () => ({ content: [{ type: 'text', text: 'a tree' }] }),
  }),
])

const folder = await mkdtemp(join(tmpdir(), 'openclaw-homes-'))
let made = 0
const next = () => join(folder, String(++made))

async function start(home: string, script: Script, laterMs = 0) {
  const fake = fakeChannel()
  const house = await testKernel({
    home,
    plugins: [fake.plugin, look],
    script,
    platform(platform) {
      void platform.clock.advance(laterMs)
      return platform
    },
  })
  return { house, fake }
}

/** The home as a kill would leave it; the house is stopped afterwards. */
async function kill(house: TestKernel): Promise<string> {
  const copy = next()
  await cp(house.home, copy, { recursive: true, filter: (path) => !path.endsWith('gateway.lock') })
  const closing = house.kernel.close('it is over')
  await house.platform.clock.advance(6000)
  await closing
  return copy
}

/** Resolves once so many deliveries are owed. */
async function owes(house: TestKernel, count: number): Promise<void> {
  while ((await house.call('status', {})).owed.deliveries !== count) await new Promise((done) => setImmediate(done))
}

const first = next()
await mkdir(first)
await writeFile(join(first, 'openclaw.json'), config)
const direct = (id: string) => ({ channel: 'fake', account: 'default', peer: { kind: 'direct' as const, id } })
let home: string
{
  const { house, fake } = await start(first, (_, call) =>
    call === 0 ? callTool('look', { at: 'the garden' }) : say(`answer ${call}`),
  )
  await fake.connected()
  await fake.say('what do you see?', { event: 'm1', name: 'Anna' })
  await fake.waitSent(1)
  await fake.say('what do you hear?', { event: 'm1.1', kind: 'edit', message: 'm1' })
  await fake.say('hello all', { sender: 'user2', peer: { kind: 'group', id: 'garden', thread: 'roses' } })
  await fake.waitSent(2)
  await house.ask('keep this')
  await house.ask('forget this')
  const { lines } = await house.call('chat.history', { session: 'agent:main:local:default:owner' })
  const { id } = lines.find(({ body }) => (body as { text?: string }).text === 'forget this')!
  await house.call('sessions.erase', { session: 'agent:main:local:default:owner', lines: [id] })
  const other = 'agent:main:local:default:owner:thread:other'
  await house.ask('before the reset', { session: other })
  await house.call('sessions.patch', { session: other, title: 'Another' })
  await house.call('sessions.reset', { session: other })
  await house.ask('after the reset', { session: other })
  fake.failSends(failure('forbidden', 'the peer has blocked us'))
  await house.call('send', { to: direct('gone'), message: 'never arrives', idempotencyKey: 'dead' })
  await house.hear('delivery.changed', ({ state }) => state === 'dead')
  fake.holdSends()
  await fake.say('this comes late', { sender: 'late' })
  await house.hear('delivery.changed', ({ delivery, state }) => state === 'queued' && !delivery)
  await owes(house, 1)
  home = await kill(house)
}
{
  const { house, fake } = await start(home, [callTool('look', { at: 'the sea' }), hang()], 20 * minute)
  await fake.waitSent(1)
  await fake.say('this kills us', { sender: 'deadly' })
  await house.model.asked(2)
  home = await kill(house)
}
{
  const { house } = await start(home, [hang()], 21 * minute)
  await house.model.asked(1)
  home = await kill(house)
}
const { house, fake } = await start(home, () => say('ok'), 22 * minute)
await fake.waitSent(1)
await owes(house, 0)
const holds = await readHouse(house)
await house.kernel.close('it is made')

/** What a start makes anew, and what must not lie in a repository. */
const apart = ['logs', 'credentials', 'gateway.lock', 'gateway.json', 'schema.json', 'index.sqlite']
await cp(home, target, {
  recursive: true,
  filter: (path) =>
    !apart.some((one) => path.slice(home.length).split(/[/\\]/).includes(one) || path.includes(`${one}-`)),
})
await writeFile(join(homes, `${name}.json`), `${JSON.stringify(holds, undefined, 2)}\n`)
await rm(folder, { recursive: true })
