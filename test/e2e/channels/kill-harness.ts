import { setTimeout as pause } from 'node:timers/promises'
import type { Traits } from '@openclaw/sdk'
import { testPlatform, writeAllowlist, type Counterpart } from '@openclaw/testing'
import { connect, until, type GatewayProcess } from '../gateway.ts'
import { furnish } from './home.ts'
import { readEffects, readJournals, type Noted } from './journals.ts'
import { live, type Life } from './life.ts'
import { marksIn } from './marks.ts'
import { lastSaid, serveModel, type Asked, type Reply } from './model.ts'
import { meet, mixedMoments, named, type Steps } from './moments.ts'
import type { Gateway, Place } from './places.ts'

/** How hard a gateway is treated. */
export interface KillPlan {
  readonly messages: number
  readonly kills: number
  /** The same seed gives the same moments in the same order. */
  readonly seed: number
  /** It dies at the named points only, each in turn. */
  readonly points?: boolean
  /** Told after each death. */
  died?(at: string): void
}

/** Something that a person said, by a mark that stands in every answer to it. */
interface Said {
  readonly mark: string
  readonly person: string
  /** Where they said it, and where they must be answered. */
  readonly peer: { readonly id: string }
  /** How often it was said: more than once only where the platform keeps nothing for us while we are away. */
  times: number
}

/** What is left when everything is over. */
export interface Aftermath {
  readonly place: string
  readonly delivery: Traits['delivery']
  readonly said: readonly Said[]
  readonly noted: readonly Noted[]
  readonly answered: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
  /** How often the tool ran, by mark. */
  readonly effects: ReadonlyMap<string, number>
  readonly sees: ReturnType<Counterpart['sees']>
  readonly requests: readonly string[]
  readonly links: ReturnType<Counterpart['links']>
  readonly kills: number
  /** What the process was killed at, each time. */
  readonly killedAt: readonly string[]
  readonly seed: number
  readonly people: readonly string[]
}

/** For what is owed to be done, on a machine that has much else to do. */
const patienceMs = 60_000

/**
 * Has several people write numbered messages to a real gateway process from one place, and kills it (`SIGKILL`) while
 * they do. Every other message has a tool run first. Started again at once, until everything is answered. `home` is an
 * empty folder, and holds everything afterwards. Rejects when something is still owed after a minute of peace.
 */
export async function killHarness(place: Place, home: string, plan: KillPlan): Promise<Aftermath> {
  const { messages, kills, seed } = plan
  const platform = testPlatform(home, { seed })
  const random = () => platform.random.number()
  let address: string | undefined
  const gateway: Gateway = { home, address: () => address, forward: (request) => forward(request, address) }
  await using model = await serveModel(note)
  await using counterpart = await place.start(gateway)
  const people = counterpart.people.slice(0, 3)
  const { plugin } = place
  // Only an owner's message may run something here.
  if (plugin) await writeAllowlist(home, plugin.id, Object.fromEntries(people.map((one) => [one, 'owner'] as const)))
  const account = { dm: { policy: 'allowlist' }, accounts: { default: counterpart.account } }
  await furnish(
    home,
    {
      agents: { main: { model: 'openai/echo' } },
      tools: { exec: 'never-ask' },
      plugins: { openai: { config: { baseUrl: model.baseUrl, models: [{ id: 'echo', contextTokens: 100_000 }] } } },
      channels: plugin ? { [plugin.id]: account } : {},
    },
    plugin ? [plugin.folder] : [],
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

  await using over = new AsyncDisposableStack()
  function begin(moment?: Parameters<typeof live>[1]): Life {
    address = undefined
    const life = live(home, moment, random)
    over.defer(() => life.kill().catch(() => {}))
    void life.started.then(
      (one) => (address = one?.address),
      () => {},
    )
    return life
  }

  // The first messages show which steps there are.
  const steps = {
    connecting: new Set<string>(),
    talking: new Set<string>(),
    onStep(listen: Parameters<Steps['onStep']>[0]) {
      const both = new DisposableStack()
      both.use(counterpart.onStep(listen))
      both.use(model.onStep((step) => listen(`model ${step}`)))
      return both
    },
  }
  let learnt = steps.connecting
  using learning = steps.onStep((step) => void learnt.add(step))
  const first = begin()
  await isOnline(home, (await first.started)!, place)
  learnt = steps.talking
  await speak(Math.min(2, messages))
  await until(async () => said.every(isAnswered), patienceMs)
  learning[Symbol.dispose]()
  await first.kill()

  const moments = plan.points ? named('point', place.points) : mixedMoments(steps, place.points, random)
  const killedAt: string[] = []
  let speaking: Promise<void> = Promise.resolve()
  for (let kill = 1; kill <= kills; kill++) {
    const moment = moments.next().value
    const dying = meet(moment, begin(moment), steps, random)
    // Not waited for: there are platforms on which nobody can write to us while we are away.
    speaking = speaking.then(() => speak(Math.ceil((messages * kill) / (kills + 1)) - said.length))
    killedAt.push(await dying)
    plan.died?.(killedAt.at(-1)!)
  }
  await using last = (await begin().started)!
  await isOnline(home, last, place)
  await speaking
  await speak(messages - said.length)
  // Where nobody keeps anything for us, who got no answer says it again.
  if (place.delivery === 'at-most-once')
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
    const { owed } = await status(home, last)
    return owed.accepts === 0 && owed.deliveries === 0
  }, patienceMs)
  await last[Symbol.asyncDispose]()
  return {
    place: place.name,
    delivery: place.delivery,
    said,
    ...readJournals(home),
    effects: readEffects(home),
    sees: [...counterpart.sees()],
    requests: model.requests,
    links: counterpart.links(),
    kills,
    killedAt,
    seed,
    people,
  }
}

/** What the model does: notes what was said, every other time with the help of a tool. */
function note(asked: Asked): Reply {
  const marks = marksIn(lastSaid(asked))
  const latest = marks.at(-1)
  const even = latest !== undefined && Number(/\d+/.exec(latest)![0]) % 2 === 0
  if (even && asked.messages.at(-1)?.role !== 'tool')
    return { tool: 'bash', input: { command: `echo done >> did-${latest}` } }
  return `I noted ${marks.join(' ')}.`
}

async function isOnline(home: string, gateway: GatewayProcess, { plugin }: Place): Promise<void> {
  if (!plugin) return
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
