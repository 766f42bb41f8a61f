import { setTimeout as pause } from 'node:timers/promises'
import type { Traits } from '@openclaw/sdk'
import { testPlatform, writeAllowlist, type Counterpart } from '@openclaw/testing'
import { connect, until, type GatewayProcess } from '../gateway.ts'
import { furnish } from './home.ts'
import { readEffects, readJournals, type Journals } from './journals.ts'
import { live, type Life } from './life.ts'
import { marksIn } from './marks.ts'
import { lastSaid, serveModel, type Asked, type HttpModel, type Reply } from './model.ts'
import { meet, mixedMoments, namedMoments, type Moment, type Steps } from './moments.ts'
import type { Place } from './places.ts'
import { openTalk, type Said } from './talk.ts'

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

/** What is left when everything is over. */
export interface Aftermath extends Journals {
  readonly delivery: Traits['delivery']
  readonly said: readonly Said[]
  /** How often the tool ran, by mark. */
  readonly effects: ReadonlyMap<string, number>
  readonly sees: ReturnType<Counterpart['sees']>
  readonly requests: readonly string[]
  readonly links: ReturnType<Counterpart['links']>
  readonly people: readonly string[]
  /** What the process was killed at, each time. */
  readonly killedAt: readonly string[]
}

/** For what is owed to be done, on a machine that has much else to do. */
const patienceMs = 60_000

/**
 * Has several people write numbered messages to a real gateway process from one place, and kills it (`SIGKILL`) while
 * they do. A tool runs for every other message; for each, where only points count. Started again at once, until
 * everything is answered. `home` is an empty folder, and holds everything afterwards. Rejects when something is still
 * owed after a minute of peace.
 */
export async function killHarness(place: Place, home: string, plan: KillPlan): Promise<Aftermath> {
  const { messages, kills, seed, points = false } = plan
  const platform = testPlatform(home, { seed })
  const random = () => platform.random.number()
  let address: string | undefined
  await using model = await serveModel((asked) => note(asked, points))
  await using counterpart = await place.start({
    home,
    address: () => address,
    forward: (request) => forward(request, address),
  })
  const people = counterpart.people.slice(0, 3)
  await admit(place, home, people)
  await furnish(home, configOf(place, counterpart, model), place.plugin ? [place.plugin.folder] : [])
  const talk = openTalk(counterpart, people, random)

  await using over = new AsyncDisposableStack()
  function begin(moment?: Moment): Life {
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
  const steps = joinSteps(counterpart, model)
  const known = { connecting: new Set<string>(), talking: new Set<string>() }
  let learnt = known.connecting
  using learning = steps.onStep((step) => void learnt.add(step))
  const first = begin()
  await isOnline(home, (await first.started)!, place)
  learnt = known.talking
  await talk.speakUpTo(Math.min(2, messages))
  await until(async () => talk.isAllAnswered(), patienceMs)
  learning[Symbol.dispose]()
  await first.kill()

  const moments = points ? namedMoments(place.points) : mixedMoments(known, place.points, random)
  const killedAt: string[] = []
  let speaking: Promise<void> = Promise.resolve()
  for (let kill = 1; kill <= kills; kill++) {
    const moment = moments.next().value
    const dying = meet(moment, begin(moment), steps, random)
    // Not waited for: there are platforms on which nobody can write to us while we are away.
    speaking = speaking.then(() => talk.speakUpTo(Math.ceil((messages * kill) / (kills + 1))))
    const at = await dying
    killedAt.push(at)
    plan.died?.(at)
  }
  await using last = (await begin().started)!
  await isOnline(home, last, place)
  await speaking
  await talk.speakUpTo(messages)
  // Where nobody keeps anything for us, who got no answer says it again.
  if (place.delivery === 'at-most-once')
    await until(async () => {
      await talk.sayAgain()
      await pause(500)
      return talk.isAllAnswered()
    }, patienceMs)
  await counterpart.acknowledged()
  await until(async () => {
    const { owed } = await status(home, last)
    return owed.accepts === 0 && owed.deliveries === 0
  }, patienceMs)
  await last[Symbol.asyncDispose]()
  return {
    delivery: place.delivery,
    said: talk.said,
    ...readJournals(home),
    effects: readEffects(home),
    sees: [...counterpart.sees()],
    requests: model.requests,
    links: counterpart.links(),
    people,
    killedAt,
  }
}

/** What the model does: notes what was said, with the help of a tool every other time or always. */
function note(asked: Asked, always: boolean): Reply {
  const marks = marksIn(lastSaid(asked))
  const latest = marks.at(-1)
  const wanted = latest !== undefined && (always || Number(/\d+/.exec(latest)![0]) % 2 === 0)
  if (wanted && asked.messages.at(-1)?.role !== 'tool')
    return { tool: 'bash', input: { command: `echo done >> did-${latest}` } }
  return `I noted ${marks.join(' ')}.`
}

/** As owners, because only an owner's message may run something here. The page knows its own. */
async function admit({ plugin }: Place, home: string, people: readonly string[]): Promise<void> {
  if (plugin) await writeAllowlist(home, plugin.id, Object.fromEntries(people.map((one) => [one, 'owner'] as const)))
}

function configOf({ plugin }: Place, { account }: Counterpart, { baseUrl }: HttpModel): object {
  return {
    agents: { main: { model: 'openai/echo' } },
    tools: { exec: 'never-ask' },
    plugins: { openai: { config: { baseUrl, models: [{ id: 'echo', contextTokens: 100_000 }] } } },
    channels: plugin ? { [plugin.id]: { dm: { policy: 'allowlist' }, accounts: { default: account } } } : {},
  }
}

function joinSteps(counterpart: Counterpart, model: HttpModel): Steps {
  return {
    onStep(listen) {
      const both = new DisposableStack()
      both.use(counterpart.onStep(listen))
      both.use(model.onStep((step) => listen(`model ${step}`)))
      return both
    },
  }
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
