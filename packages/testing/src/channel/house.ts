import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realPlatform, type BundledPlugin } from '@openclaw/kernel'
import type { ModelRequest } from '@openclaw/sdk'
import { say, type Script } from '../scripted.ts'
import { channelPlugin, testKernel, type TestKernel } from '../testKernel.ts'
import type { Counterpart, Says, Seen } from './counterpart.ts'
import type { ChannelFixture } from './fixture.ts'
import { eventually } from './patience.ts'

/** A real kernel in process, with a channel to its counterpart and a scripted model. */
export interface ChannelHouse extends AsyncDisposable {
  readonly kernel: TestKernel
  readonly counterpart: Counterpart
  /** Somebody writes; resolves with the next message that we send there, in the same conversation. */
  asks(text: string, how?: Says): Promise<Seen>
  /** Resolves once everything that was said is taken and everything owed is done. */
  settled(): Promise<void>
  /** Everything that the model was ever given. */
  asked(): string
  until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T>
}

export interface HouseOptions {
  /** Who is admitted beforehand. */
  readonly roles?: Readonly<Record<string, 'owner' | 'member'>>
  /** `channels.<id>` but for the accounts. */
  readonly rules?: object
  /** What the model does; {@link echo} when absent. */
  readonly script?: Script
  readonly plugins?: readonly BundledPlugin[]
}

/** A model that repeats the words in [[brackets]] of all that it was given, and says "ok" when there are none. */
export const echo = (request: ModelRequest) =>
  say(
    JSON.stringify(request.turns.filter(({ role }) => role === 'user'))
      .match(/\[\[\w+\]\]/g)
      ?.join(' ') ?? 'ok',
  )

/** Starts the counterpart and a kernel that is online with it. `arrange` tells the options from who is there. */
export async function channelHouse(
  fixture: ChannelFixture,
  arrange: (counterpart: Counterpart) => HouseOptions = () => ({}),
): Promise<ChannelHouse> {
  const { channel, patienceMs = 10_000 } = fixture
  await using opening = new AsyncDisposableStack()
  const gateway: { address?: URL } = {}
  const counterpart = opening.use(
    await fixture.start(async ({ url, method, headers, body }) => {
      if (!gateway.address) return new Response(null, { status: 503 })
      const at = new URL(new URL(url).pathname, gateway.address)
      const bytes = body && new Uint8Array(await new Response(body).arrayBuffer())
      return fetch(at, { method, headers, ...(bytes ? { body: bytes } : {}) })
    }),
  )
  const home = await mkdtemp(join(tmpdir(), 'openclaw-channel-'))
  opening.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  const { roles = {}, rules = {}, script = echo, plugins = [] } = arrange(counterpart)
  await writeAllowlist(home, channel.id, roles)
  const kernel = opening.use(
    await testKernel({
      home,
      listen: true,
      plugins: [channelPlugin(channel), ...plugins],
      script,
      config: { channels: { [channel.id]: { ...rules, accounts: { default: counterpart.account } } } },
      platform: (platform) => ({ ...platform, clock: realPlatform().clock }),
    }),
  )
  gateway.address = kernel.kernel.address
  const until: ChannelHouse['until'] = (what, look) => eventually(what, patienceMs, look)
  await until('the channel to be online', async () => {
    const { accounts } = await kernel.call('channels.status', {})
    const parked = accounts.find(({ state }) => state === 'parked')
    if (parked) throw new Error(`the account is parked: ${parked.detail}`)
    return accounts.some(({ state }) => state === 'online')
  })
  const closing = opening.move()
  return {
    kernel,
    counterpart,
    until,
    async asks(text, how = {}) {
      const peer = how.in ?? counterpart.direct(how.from ?? counterpart.people[0])
      const there = () => counterpart.sees().filter((seen) => seen.peer.kind === peer.kind && seen.peer.id === peer.id)
      const { length } = there()
      await counterpart.says(text, how)
      return until(`an answer to "${text}"`, () => there()[length])
    },
    async settled() {
      await counterpart.acknowledged()
      await until('everything owed to be done', async () => {
        const { owed } = await kernel.call('status', {})
        return owed.accepts === 0 && owed.deliveries === 0
      })
    },
    asked: () => JSON.stringify(kernel.model.requests),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Admits people, as a person would who writes the file by hand. */
export async function writeAllowlist(
  home: string,
  channel: string,
  roles: Readonly<Record<string, 'owner' | 'member'>>,
  groups: readonly string[] = [],
): Promise<void> {
  const addedAt = new Date().toISOString()
  const senders = Object.fromEntries(Object.entries(roles).map(([id, role]) => [id, { role, addedAt }]))
  const listed = Object.fromEntries(groups.map((id) => [id, { addedAt }]))
  await mkdir(join(home, 'allowlists'), { recursive: true })
  await writeFile(
    join(home, 'allowlists', `${channel}.json`),
    JSON.stringify({ version: 1, accounts: { default: { senders, groups: listed } } }),
  )
}
