import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Peer } from '@openclaw/protocol'
import type { Fault } from '../channel/counterpart.ts'
import { makeApi } from './api.ts'
import { makeCrowd } from './crowd.ts'
import { makeSteps, noFaults } from './faults.ts'
import { chatMethods } from './methods/chat.ts'
import { conversationMethods } from './methods/conversations.ts'
import { openUploads } from './methods/files.ts'
import { peopleMethods } from './methods/people.ts'
import type { SlackEmulator, SlackOptions } from './options.ts'
import { openPushes } from './pushes.ts'
import { makeSign, openRequests } from './requests.ts'
import { allScopes, allSubscriptions, isGiven } from './scopes.ts'
import { seenOf } from './seen.ts'
import { openSockets } from './sockets.ts'
import { openWire } from './wire.ts'
import { channelIds, openWorkspace, self } from './workspace.ts'

const botToken = 'xoxb-emulated-bot-token-0001'
const appToken = 'xapp-emulated-app-token-0001'
const signingSecret = 'emulated-signing-secret-0001'
const webhookUrl = 'http://127.0.0.1:18789/webhooks/slack/default'
/** After 3 s, a minute and five (https://docs.slack.dev/apis/events-api#retries). */
const slackRetryMs = [3000, 60_000, 300_000]
/** How long a click waits for what the app may show for it. */
const showMs = 2000

/** Starts an emulated Slack on a free port of this machine. */
export async function slackEmulator(options: SlackOptions = {}): Promise<SlackEmulator> {
  const { mode = 'socket', scopes = allScopes, subscriptions = allSubscriptions, now = Date.now } = options
  await using opening = new AsyncDisposableStack()
  const workspace = openWorkspace(now, options.people ?? 3)
  const { people } = workspace
  const faults = noFaults()
  const steps = makeSteps()
  const sockets = opening.use(openSockets({ allowed: options.sockets ?? 1, pingMs: options.pingMs ?? 10_000, steps }))
  const sign = makeSign({ secret: signingSecret, url: webhookUrl, now })
  const deliver = (request: Request) =>
    options.deliver?.(request) ?? Promise.resolve(new Response(null, { status: 404 }))
  const carrier = mode === 'socket' ? sockets : openRequests(sign, deliver)
  const pushes = opening.use(openPushes({ carrier, faults, steps, retryMs: options.retryMs ?? slackRetryMs }))
  const calls: { method: string; args: Record<string, unknown> }[] = []
  const ephemeral: { channel: string; user: string; text: string }[] = []
  const changes = new Set<() => void>()
  let revoked: string | undefined
  let typedCount = 0
  let eventCount = 0

  function pushEvent(event: unknown) {
    void pushes.push('events_api', {
      token: 'legacy',
      type: 'event_callback',
      team_id: self.team,
      api_app_id: self.app,
      event_id: `Ev${String(++eventCount).padStart(10, '0')}`,
      event_time: Math.floor(now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: self.team, user_id: self.user, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event,
    })
  }

  function happened(event: Record<string, unknown>) {
    const place = workspace.conversations.get(String(event['channel']))
    if (place && !place.members.has(self.user)) return
    if (isGiven(String(event['type']), place?.kind, scopes, subscriptions)) pushEvent(event)
    const mention = event['type'] === 'message' && !event['hidden'] && String(event['text']).includes(`<@${self.user}>`)
    if (mention && place?.kind !== 'im' && isGiven('app_mention', undefined, scopes, subscriptions)) {
      const { channel_type: _, subtype: __, ...rest } = event
      pushEvent({ ...rest, type: 'app_mention' })
    }
  }

  const uploads = openUploads(workspace)
  const server = makeApi({
    workspace,
    uploads,
    methods: { ...chatMethods, ...conversationMethods, ...peopleMethods, ...uploads.methods },
    scopes,
    appToken,
    redirectFiles: options.redirectFiles,
    faults,
    steps,
    refusedBy: (token) => (token === botToken ? revoked : 'invalid_auth'),
    root: () => root,
    openSocket: () => `${root.replace('http', 'ws')}/link/?ticket=${sockets.ticket()}&app_id=${self.app}`,
    happened(event) {
      happened(event)
      for (const tell of changes) tell()
    },
    called(method, args) {
      calls.push({ method, args })
      if (method === 'assistant.threads.setStatus' && args['status']) typedCount++
      if (method === 'chat.postEphemeral') {
        ephemeral.push({ channel: String(args['channel']), user: String(args['user']), text: String(args['text']) })
        for (const tell of changes) tell()
      }
    },
  })
  server.on('upgrade', sockets.upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opening.defer(() => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  const wire = opening.use(await openWire((server.address() as AddressInfo).port))
  const root = `http://127.0.0.1:${wire.port}`
  const crowd = makeCrowd({ workspace, pushes, root: () => root, happened })
  const parent = workspace.post({ channel: channelIds.channel, user: people[0], text: 'A thread begins here.' })

  async function until<T>(look: () => T | undefined, signal?: AbortSignal): Promise<T | undefined> {
    for (;;) {
      const found = look()
      if (found !== undefined || signal?.aborted) return found
      await new Promise<void>((resolve) => {
        const tell = () => {
          changes.delete(tell)
          resolve()
        }
        changes.add(tell)
        signal?.addEventListener('abort', tell, { once: true })
      })
    }
  }

  function fault(what: Fault) {
    if (what.kind === 'limit' || what.kind === 'error' || what.kind === 'loseAnswer')
      faults.sends.push(...Array.from({ length: what.times ?? 1 }, () => what))
    else if (what.kind === 'duplicate') faults.times = what.times
    else if (what.kind === 'reorder') faults.reorder = true
    else if (what.kind === 'delay') faults.delayMs = what.ms
    else if (what.kind === 'disconnect') sockets.disconnect('refresh_requested')
    else if (what.kind === 'halfClose') wire.halfClose()
    else wire.blackhole(what.on)
  }

  const panes = new Map<string, string>()
  function direct(person: string): Peer {
    if (!options.assistant) return { kind: 'direct', id: person }
    const thread = panes.get(person) ?? crowd.opensAssistant(person)
    panes.set(person, thread)
    return { kind: 'direct', id: person, thread }
  }

  const account = { api: `${root}/api/`, botToken, ...(mode === 'socket' ? { appToken } : { mode, signingSecret }) }
  const closing = opening.move()
  return {
    api: account.api,
    botToken,
    appToken,
    signingSecret,
    ids: { team: self.team, bot: self.user, botId: self.bot, ...channelIds },
    account,
    refused: { ...account, botToken: 'xoxb-emulated-bot-token-wrong' },
    people,
    group: { kind: 'group', id: channelIds.channel },
    thread: { kind: 'group', id: channelIds.channel, thread: parent.ts },
    calls,
    ephemeral,
    direct,
    says: async (text, how = {}) => crowd.says(text, { ...how, in: how.in ?? direct(how.from ?? people[0]) }),
    edits: async (message, text) => crowd.edits(message, text),
    deletes: async (message) => crowd.deletes(message),
    reacts: async (message, emoji, by) => crowd.reacts(message, emoji, by),
    async clicks(message, choice, by) {
      const before = ephemeral.length
      await crowd.clicks(message, choice, by)
      const late = new AbortController()
      const timer = sleep(showMs, undefined, { signal: late.signal }).then(
        () => late.abort(),
        () => {},
      )
      const shown = await until(() => ephemeral.slice(before).find(({ user }) => user === by), late.signal)
      late.abort()
      await timer
      return shown?.text
    },
    command: (text, how = {}) => crowd.command(text, how),
    opensAssistant: async (person) => crowd.opensAssistant(person),
    pushes: pushEvent,
    sees: () => workspace.ours.map((message) => seenOf(workspace, message)),
    waitSeen: async (count) => seenOf(workspace, (await until(() => workspace.ours[count - 1]))!),
    get typed() {
      return typedCount
    },
    acknowledged: () => pushes.settled(),
    links: () => sockets.links(),
    pinged: (count) => sockets.pinged(count),
    fault,
    // Requests are no link that could end.
    ...(mode === 'http' ? { immune: ['disconnect', 'halfClose', 'blackhole'] } : {}),
    onStep: (listen) => steps.listen(listen),
    disconnect: (reason) => sockets.disconnect(reason),
    revoke: (error) => void (revoked = error),
    verifies: () =>
      deliver(sign(JSON.stringify({ token: 'legacy', type: 'url_verification', challenge: 'a challenge' }))),
    signed: sign,
    get refusedSockets() {
      return sockets.refused
    },
    get givenUp() {
      return pushes.givenUp
    },
    async [Symbol.asyncDispose]() {
      await closing.disposeAsync()
    },
  }
}
