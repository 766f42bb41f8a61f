import { setTimeout as pause } from 'node:timers/promises'
import type { Channel, Peer } from '@openclaw/sdk'
import { testPlatform, writeAllowlist, type ChannelFixture, type Counterpart } from '@openclaw/testing'
import { connect, startGateway, temporaryHome, until, type GatewayProcess } from '../gateway.ts'
import { furnish } from './home.ts'
import { readJournals, type Noted } from './journals.ts'
import { lastSaid, serveModel } from './model.ts'
import { openMoments } from './moments.ts'

/** A channel and how hard its gateway is treated. */
export interface KillPlan {
  readonly channel: Channel
  /** The plugin's folder, which the home links to. */
  readonly plugin: string
  readonly start: ChannelFixture['start']
  /** OPENCLAW_MESSAGES and OPENCLAW_KILLS say otherwise, and OPENCLAW_SEED gives the same moments again. */
  readonly messages?: number
  readonly kills?: number
}

/** Something that a person said, by a mark that stands in every answer to it. */
interface Said {
  readonly mark: string
  readonly person: string
  /** Where they said it, and where they must be answered. */
  readonly peer: Peer
  /** How often it was said: more than once only where the platform keeps nothing for us while we are away. */
  times: number
}

/** What is left when everything is over. */
export interface Aftermath {
  readonly said: readonly Said[]
  readonly noted: readonly Noted[]
  readonly answered: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
  readonly sees: ReturnType<Counterpart['sees']>
  readonly requests: readonly string[]
  readonly links: ReturnType<Counterpart['links']>
  readonly kills: number
  /** The steps on the wire before which the process was killed. */
  readonly killedAt: readonly string[]
  readonly seed: number
  readonly people: readonly string[]
}

/** A mark of the n-th message, by the w-th person. */
const marks = /\bm\d+p\d+\b/g
export const marksIn = (text: string): readonly string[] => [...new Set(text.match(marks) ?? [])]

/** For what is owed to be done, on a machine that has much else to do. */
const patienceMs = 60_000

/**
 * Has several admitted people write numbered messages to a real gateway process, and kills it (`SIGKILL`) while they do:
 * before the steps of a conversation and of a connection in turn, and in between at random moments. Started again at
 * once, until everything is answered.
 */
export async function killHarness(plan: KillPlan): Promise<Aftermath> {
  const numberOf = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)
  const messages = numberOf('OPENCLAW_MESSAGES', plan.messages ?? 40)
  const kills = numberOf('OPENCLAW_KILLS', plan.kills ?? 8)
  const seed = numberOf('OPENCLAW_SEED', Date.now() % 2 ** 31)
  const random = () => platform.random.number()
  const { id, traits } = plan.channel

  await using home = await temporaryHome()
  const platform = testPlatform(home.path, { seed })
  let gateway: GatewayProcess | undefined
  await using model = await serveModel((asked) => `I noted ${marksIn(lastSaid(asked)).join(' ')}.`)
  await using counterpart = await plan.start((request) => forward(request, gateway?.address))
  const people = counterpart.people.slice(0, 3)
  await writeAllowlist(home.path, id, Object.fromEntries(people.map((person) => [person, 'member'] as const)))
  await furnish(
    home.path,
    {
      agents: { main: { model: 'openai/echo' } },
      plugins: { openai: { config: { baseUrl: model.baseUrl, models: [{ id: 'echo', contextTokens: 100_000 }] } } },
      channels: { [id]: { dm: { policy: 'allowlist' }, accounts: { default: counterpart.account } } },
    },
    [plan.plugin],
  )

  const said: Said[] = []
  async function speak(count: number): Promise<void> {
    for (let one = 0; one < count; one++) {
      const who = said.length % people.length
      const mark = `m${said.length}p${who}`
      const person = people[who]!
      said.push({ mark, person, peer: counterpart.direct(person), times: 1 })
      if (random() < 0.2 && !counterpart.immune?.includes('duplicate'))
        counterpart.fault({ kind: 'duplicate', times: 2 + Math.floor(random() * 3) })
      await counterpart.says(`please note ${mark}`, { from: person })
      await pause(random() * 30)
    }
  }

  const isAnswered = ({ mark }: Said) => counterpart.sees().some(({ text }) => marksIn(text).includes(mark))
  const start = async () => (gateway = await startGateway(home.path))

  // The first message shows which steps there are.
  const steps = { connecting: new Set<string>(), talking: new Set<string>() }
  let learnt = steps.connecting
  using learning = counterpart.onStep((step) => void learnt.add(step))
  let running = start()
  await using over = new AsyncDisposableStack()
  over.defer(() =>
    running.then(
      ({ kill }) => kill(),
      () => {},
    ),
  )
  await isOnline(home.path, await running)
  learnt = steps.talking
  await speak(1)
  await until(async () => said.every(isAnswered), patienceMs)
  learning[Symbol.dispose]()

  const moments = openMoments(counterpart, steps, random)
  const killedAt: string[] = []
  let speaking: Promise<void> = Promise.resolve()
  for (let kill = 1; kill <= kills; kill++) {
    const life = running
    const dying = moments.meet(moments.pick(kill), async () => (await life).kill())
    // Not waited for: there are platforms on which nobody can write to us while we are away.
    speaking = speaking.then(() => speak(Math.ceil((messages * kill) / (kills + 1)) - said.length))
    killedAt.push(await dying)
    running = start()
  }
  await using last = await running
  await isOnline(home.path, last)
  await speaking
  await speak(messages - said.length)
  // Where nobody keeps anything for us, who got no answer says it again.
  if (traits.delivery === 'at-most-once')
    await until(async () => {
      for (const one of said.filter((open) => !isAnswered(open))) {
        one.times++
        await counterpart.says(`please note ${one.mark}`, { from: one.person })
      }
      await pause(500)
      return said.every(isAnswered)
    }, patienceMs)
  await counterpart.acknowledged()
  await until(async () => {
    const { owed } = await status(home.path, last)
    return owed.accepts === 0 && owed.deliveries === 0
  }, patienceMs)
  await last[Symbol.asyncDispose]()
  return {
    said,
    ...(await readJournals(home.path)),
    sees: [...counterpart.sees()],
    requests: model.requests,
    links: counterpart.links(),
    kills,
    killedAt,
    seed,
    people,
  }
}

async function isOnline(home: string, gateway: GatewayProcess): Promise<void> {
  await until(async () => (await status(home, gateway)).accounts.some(({ state }) => state === 'online'), patienceMs)
}

async function status(home: string, { address }: GatewayProcess) {
  await using client = await connect(home, address)
  return await client.call('status', {})
}

/** Hands a webhook's call to the gateway that runs now. */
async function forward(request: Request, address: string | undefined): Promise<Response> {
  if (address === undefined) return new Response(null, { status: 503 })
  const { url, method, headers } = request
  const body = new Uint8Array(await request.arrayBuffer())
  return fetch(new URL(new URL(url).pathname, address), { method, headers, body })
}
