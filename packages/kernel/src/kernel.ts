import { join } from 'node:path'
import type { Transport } from '@openclaw/client'
import { failure, type LedgerRecord, type MethodName, type MethodParams } from '@openclaw/protocol'
import { openScope } from '@openclaw/sdk/host'
import { openAccess } from './access/open.ts'
import { openHome } from './backup/home.ts'
import { openOwnerChat } from './access/owner-chat.ts'
import { hostAgent } from './agents/agent.ts'
import { gatewaySection } from './gateway/section.ts'
import { openChannels } from './channels/channels.ts'
import { openLogins } from './channels/logins.ts'
import { chatCommands } from './commands/table.ts'
import { openConfiguration } from './config/open.ts'
import { openSecrets } from './config/secrets.ts'
import { accountSettings } from './config/settings.ts'
import { aborted } from './deadline.ts'
import { openDelivery } from './delivery/deliver.ts'
import { openPreviews } from './delivery/preview.ts'
import { keepTyping } from './delivery/typing.ts'
import { openEvents } from './gateway/events.ts'
import { openGateway, type Gateway } from './gateway/gateway.ts'
import { lockHome } from './gateway/lock.ts'
import { localOwner } from './gateway/rights.ts'
import { openTokens } from './gateway/tokens.ts'
import { openInbound } from './inbound/open.ts'
import { openLedger } from './ledger/open.ts'
import { openLog } from './log/open.ts'
import { openMedia } from './media.ts'
import { assemble } from './methods/assemble.ts'
import { maySee, ownSession } from './methods/caller.ts'
import type { Kernel, KernelOptions } from './options.ts'
import { accessTo } from './plugins/access.ts'
import type { Plugins } from './plugins/host.ts'
import { followPlugins } from './plugins/follow.ts'
import { openPlugins } from './plugins/open.ts'
import { reachHandlers } from './plugins/reach.ts'
import { agentOf } from './router/key.ts'
import { defaultAgent, makeRouter } from './router/router.ts'
import { openApprovals } from './runs/approvals.ts'
import { openAttachments } from './runs/attachments.ts'
import { openBudget } from './runs/budget.ts'
import { openIntake } from './runs/intake.ts'
import { openOutcomes } from './runs/outcomes.ts'
import { callAsRun } from './runs/principal.ts'
import { takeClicks } from './runs/options.ts'
import { recoverRuns } from './runs/recover.ts'
import { openRunner } from './runs/runner.ts'
import { openRuntime } from './runs/runtime.ts'
import { textWithoutSum } from './sessions/line.ts'
import { openSessions } from './sessions/store.ts'
import { openUpkeep } from './upkeep.ts'

/**
 * Starts a gateway over a home. It resolves when the lock is held, the ledger is replayed and messages are taken and
 * stored; plugins are set up after that, one at a time (`plugged`). Throws `conflict` when another gateway has the home.
 *
 * Read top down: what is on disk, who may come in, what is plugged in, how runs are made, how people reach it.
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { home, version, platform, defaultModel, sandboxPlugins = ['openclaw plugins add NAME'] } = options
  const startedAt = platform.clock.monotonic()
  const closing = new AbortController()
  await using opening = new AsyncDisposableStack()

  // What is on disk.
  const lock = opening.use(await lockHome({ home, version, platform }))
  const place = await openHome({ home, platform })
  const log = opening.use(
    openLog({ folder: join(home, 'logs'), platform, ...(options.echo ? { echo: options.echo } : {}) }),
  )
  const secrets = openSecrets({ folder: join(home, 'credentials'), platform, log })
  const { mask } = secrets
  log.maskWith(mask)
  const configuration = opening.use(
    await openConfiguration({ file: join(home, 'openclaw.json'), platform, log, watch: true }),
  )
  const config = () => configuration.value
  log.configure(config().logs)
  const ledger = opening.use(await openLedger({ folder: join(home, 'ledger'), platform, log }))
  const sessionsFolder = join(home, 'sessions')
  const sessions = opening.use(
    await openSessions({
      folder: sessionsFolder,
      indexFile: join(sessionsFolder, 'index.sqlite'),
      platform,
      ledger,
      cacheBytes: (config().sessions?.cacheMb ?? 16) * 2 ** 20,
      log,
    }),
  )
  await sessions.recover(ledger.lines())
  // Read before the door opens: what is owed from then on is queued by whoever owes it.
  const owedRuns = await recoverRuns({ ledger, sessions, afterDeath: lock.afterDeath })
  const owedOutbounds = [...ledger.owed.outbounds.values()].map(({ outbound }) => outbound)
  const media = openMedia({ platform, home })
  const budget = await openBudget({ platform, home, log, limits: () => config().limits })
  opening.defer(() => budget.flush())

  // Who may come in, and where it leads.
  const events = openEvents({
    random: platform.random,
    warn: (text, thrown) => log.warn(text, { error: String(thrown) }),
  })
  const { emit } = events
  const access = openAccess({ home, platform, config, log, emit })
  const ownerChat = await openOwnerChat({ home, platform, log })
  const tokens = opening.use(await openTokens({ home, platform, warn: (text) => log.warn(text) }))
  let router = makeRouter(config())

  // What is plugged in.
  const plugins: Plugins = opening.use(
    openPlugins({
      home,
      platform,
      bundled: options.bundled,
      isolation: options.isolation,
      configuration,
      secrets,
      log,
      access: accessTo({ events, gateway: () => gateway, closing: closing.signal }),
    }),
  )

  // How runs are made: the agent process, the lanes, and what is owed to peers.
  const approvals = openApprovals({ platform, ledger, emit, log, deliver: (outbounds) => delivery.enqueue(outbounds) })
  approvals.recover()
  const outcomes = openOutcomes({ platform, ledger })
  const host = opening.use(
    hostAgent({
      runs: options.agent,
      platform,
      log,
      handlers: () => ({ ...runner.handlers, ...reachHandlers(plugins) }),
      onEvent(notice) {
        if (notice.event === 'tools.changed') runtime.changed(notice.payload.tools)
        else if (notice.event === 'entries.changed') plugins.reported(notice.payload.entries)
        else runner.hear(notice)
      },
      onUp: () => runtime.up(),
      onLost: () => runtime.lost(),
      onDown: (reason) => runtime.down(reason),
    }),
  )
  const runtime = openRuntime({
    host,
    env: Object.keys(platform.env).filter((name) => platform.env[name]),
    entries: () => plugins.agentEntries(),
    reported: (reports) => plugins.reported(reports),
    log,
  })
  const logins = openLogins({ platform, home, secrets })
  const channels = opening.use(
    openChannels({
      platform,
      log,
      emit,
      address: () => gateway.address.href,
      store: logins.of,
      configure: (channel, account, schema) => accountSettings({ configuration, secrets }, channel, account, schema),
      makeScope: (label) => openScope({ label, log, clock: platform.clock }),
      receive: (channel, account, event) => inbound(channel, account, event),
      choose: takeClicks({ platform, access, approvals, receive: (...event) => inbound(...event) }),
      commands: chatCommands,
      openMedia: media.open,
      mask,
      waits: () => place.waits,
    }),
  )
  const following = opening.use(
    followPlugins({
      plugins,
      emit,
      reloadAgent: () => runtime.reload(),
      syncChannels: () => channels.sync(config(), plugins.channels),
    }),
  )
  const delivery = opening.use(openDelivery({ platform, ledger, plugins, lines: channels, config, emit, log, mask }))
  const deliver = (outbounds: readonly LedgerRecord<'outbound'>[]) => delivery.enqueue(outbounds)
  const runner = openRunner({
    platform,
    ledger,
    sessions,
    agent: runtime,
    plugins,
    approvals,
    outcomes,
    budget,
    emit,
    log,
    mask,
    home,
    defaultModel,
    sandboxPlugins,
    deliver,
    config: () => ({ value: config(), hash: configuration.hash }),
    tools: () => runtime.tools,
    toolsDigest: () => runtime.toolsDigest,
    versions: () => following.versions,
    closing: closing.signal,
    ownerChat: () => ownerChat.address,
    storeFiles: openAttachments({ platform, sessions, media, lines: channels, config, log }),
    preview: openPreviews({ platform, lines: channels, ledger, config, log }),
    typing: (address) => keepTyping({ platform, lines: channels }, address),
    mode: (session) => config().agents?.[agentOf(session) ?? 'main']?.queue ?? 'collect',
    callMethod: callAsRun({ plugins, ledger, call: (...call) => gateway.call(...call), signal: closing.signal }),
  })
  const accept = openIntake({ platform, ledger, sessions, accepted: (record) => runner.lanes.push(record) })
  const inbound = openInbound({
    platform,
    ledger,
    sessions,
    access,
    ownerChat,
    plugins,
    runner: () => runner,
    router: () => router,
    agentName: (agent) => config().agents?.[agent]?.name ?? agent,
    call: (method, params) => gateway.call(method, params, { ...localOwner, signal: closing.signal }) as never,
    accept,
    deliver,
    signal: closing.signal,
  })
  const lines = sessions.onLine((session, line, text) => {
    emit('session.line', { line }, session, `{"line":${textWithoutSum(text)}}`)
    if (line.kind === 'session') emit('sessions.changed', { key: session, deleted: false }, session)
  })
  opening.defer(() => lines[Symbol.dispose]())

  // How people reach it.
  const section = () => gatewaySection(configuration, options)
  const ready = () =>
    ledger.trouble ? { ready: false, reason: `the disk refused the last write: ${ledger.trouble}` } : { ready: true }
  const house = { platform, home, configuration, ledger, sessions, access, outcomes, runner, accept, deliver, log }
  const handlers = assemble({
    options: { ...options, sandboxPlugins },
    startedAt,
    ...house,
    secrets,
    approvals,
    budget,
    tokens,
    plugins,
    channels,
    place,
    delivery,
    media,
    runtime,
    host,
    emit,
    ready,
    forgetLogin: logins.forget,
    tail: (cursor, limit) => log.tail(cursor, limit),
    router: () => router,
    gateway: () => gateway,
    sync: () => following.sync(),
    reload: async (id) => {
      await plugins.reload(id)
      await following.sync()
    },
  })
  const gateway: Gateway = opening.use(
    await openGateway({
      home,
      version,
      platform,
      config: section(),
      tokens,
      events,
      handlers,
      log,
      ready,
      sessionOf: ({ principal }) => ownSession(defaultAgent(config()), principal),
      maySee,
      method: (name) => plugins.method(name),
      page(id) {
        const found = plugins.extensions.get(id)
        return (
          found?.extension.fetch && {
            fetch: found.extension.fetch,
            public: found.manifest.permissions?.public === true,
          }
        )
      },
      webhook: (channel, account) => channels.webhook(channel, account),
      ...(options.front ? { front: options.front } : {}),
      listen: options.listen ?? true,
    }),
  )
  await lock.publish(gateway.address.href)
  log.info('the gateway takes messages', {
    address: gateway.address.href,
    version,
    ms: Math.round(platform.clock.monotonic() - startedAt),
  })
  const watching = configuration.onChange(({ after, applied }) => {
    router = makeRouter(after)
    log.configure(after.logs)
    gateway.configure(section())
    emit('config.changed', { hash: configuration.hash, applied })
    void following.sync().catch(() => {})
  })
  opening.defer(() => watching[Symbol.dispose]())

  /** Everything that a message can be taken without. */
  async function plug() {
    await plugins.find()
    await plugins.start()
    host.start()
    await following.sync()
    delivery.enqueue(owedOutbounds, true)
    await runner.recover(owedRuns)
    runner.lanes.open()
    everything.use(await openUpkeep({ ...house, ownerChat }))
  }
  const plugged = plug()
  plugged.catch((error: unknown) => log.error('the gateway could not set up everything', { error: String(error) }))

  const everything = opening.move()
  let closed: Promise<void> | undefined
  const close = (reason: string) =>
    (closed ??= (async () => {
      log.info('the gateway stops', { reason })
      emit('gateway.stopping', { reason })
      await plugged.catch(() => {})
      // What does not end in time stays owed, and goes on from its last committed step at the next start.
      using _late = platform.clock.after(drainMs, () => closing.abort(failure('aborted', reason)))
      await Promise.race([runner.lanes.drain(), aborted(closing.signal)])
      closing.abort(failure('aborted', reason))
      await everything.disposeAsync()
    })())

  return {
    address: gateway.address,
    plugged,
    link: () => gateway.link(),
    call: <M extends MethodName>(method: M, params: MethodParams<M>) =>
      gateway.call(method, params, { ...localOwner, signal: closing.signal }) as never,
    attach: (transport: Transport) => gateway.attach(transport, localOwner),
    close,
    [Symbol.asyncDispose]: () => close('the gateway stops'),
  }
}

/** Runs in progress have this long to end when the gateway stops. */
const drainMs = 5000
