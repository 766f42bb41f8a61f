import type { ChannelConfig, Config, Inbound, Role } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Emit } from '../events.ts'
import type { Platform } from '../platform.ts'
import type { Access, Admission } from './access.ts'
import { openAllowlist, type Allowlist } from './allowlist.ts'
import { whenThere, type Awaitable } from '../awaitable.ts'
import { parseCommand } from '../commands/parse.ts'
import { openLoopGuard } from './loops.ts'
import { openPairings } from './pairing.ts'
import { openPending } from './pending.ts'
import { openRefusedGroups } from './refused-groups.ts'

/** What a stranger is told, once. */
function introduce(channel: string, sender: string, code: string): string {
  return [
    'This is a private assistant, and it does not know you yet.',
    `Your id: ${sender}`,
    `Pairing code: ${code} (good for one hour)`,
    `Its owner can let you in with: openclaw pairing approve ${channel} ${code}`,
  ].join('\n')
}

/**
 * Opens the record of who is admitted. Ids are the platform's stable ones and compare exactly, byte for byte. A channel
 * without a section in the configuration admits nobody, and one whose section is wrong is closed there already.
 */
export function openAccess(options: {
  readonly home: string
  readonly platform: Platform
  config(): Config
  readonly log: Log
  readonly emit: Emit
}): Access {
  const { platform } = options
  const pending = openPending()
  const loops = openLoopGuard()
  const refused = openRefusedGroups()
  const allowlists = new Map<string, Allowlist>()
  const pairings = openPairings({
    home: options.home,
    platform,
    log: options.log,
    requested: (request) => options.emit('pairing.requested', request),
    resolved: (channel, code) => options.emit('pairing.resolved', { channel, code }),
  })

  const recordOf = (channel: string): Allowlist => {
    const known = allowlists.get(channel) ?? openAllowlist({ home: options.home, channel, platform, log: options.log })
    allowlists.set(channel, known)
    return known
  }
  const rulesOf = (channel: string): ChannelConfig => {
    const channels = options.config().channels ?? {}
    const closed: ChannelConfig = { dm: { policy: 'disabled' }, groups: { policy: 'disabled' } }
    return Object.hasOwn(channels, channel) ? (channels[channel] ?? closed) : closed
  }
  /** The role that stands in the record, or in the list that the owner wrote into the configuration. */
  const roleOf = (channel: string, account: string, sender: string) =>
    whenThere(
      recordOf(channel).role(account, sender),
      (role) => role ?? (rulesOf(channel).dm?.allow?.includes(sender) ? 'member' : undefined),
    )

  /** An id that is good for one connection only stands in no record, whatever it reads like. */
  const recorded = (channel: string, account: string, { id, transient }: Inbound['sender']) =>
    transient ? undefined : roleOf(channel, account, id)

  const admitDirect = (channel: string, account: string, event: Inbound): Awaitable<Admission> => {
    const policy = rulesOf(channel).dm?.policy ?? 'pairing'
    if (policy === 'disabled') return { verdict: 'refuse', reason: `direct messages of ${channel} are disabled` }
    return whenThere<Role | undefined, Admission>(recorded(channel, account, event.sender), (role) => {
      if (role) return { verdict: 'admit', role }
      if (policy === 'open') return { verdict: 'admit', role: 'guest' }
      return meetStranger(channel, account, event, policy)
    })
  }

  const meetStranger = async (
    channel: string,
    account: string,
    event: Inbound,
    policy: 'pairing' | 'allowlist',
  ): Promise<Admission> => {
    if (policy === 'allowlist') return { verdict: 'refuse', reason: `the sender is not on the allowlist of ${channel}` }
    if (event.sender.transient)
      return {
        verdict: 'refuse',
        reason: `the sender has no lasting id on ${channel}, so nobody can be paired with it`,
      }
    // Two programs that answer each other's refusals would never end.
    if (event.sender.bot || event.kind !== 'message')
      return { verdict: 'refuse', reason: 'a stranger who wrote no message' }
    const { id: sender, name } = event.sender
    const code = await pairings.ask({
      channel,
      account,
      sender,
      event: event.event,
      ...(name === undefined ? {} : { name }),
    })
    return code === undefined ? { verdict: 'pair' } : { verdict: 'pair', code, reply: introduce(channel, sender, code) }
  }

  const listed = async (channel: string, account: string, groups: readonly string[]) =>
    groups.some((id) => rulesOf(channel).groups?.allow?.includes(id)) ||
    (await Promise.all(groups.map((id) => recordOf(channel).group(account, id)))).includes(true)

  const admitGroup = async (channel: string, account: string, event: Inbound): Promise<Admission> => {
    const { policy = 'allowlist', senders, mention = true } = rulesOf(channel).groups ?? {}
    if (policy === 'disabled') return { verdict: 'refuse', reason: `groups of ${channel} are disabled` }
    if (policy === 'allowlist') {
      // On some platforms a thread is a group of its own inside of another one.
      const ids = event.parent === undefined ? [event.peer.id] : [event.peer.id, event.parent]
      if (!(await listed(channel, account, ids))) {
        const { id } = event.peer
        if (refused.add(channel, account, event, platform.clock.now()))
          options.log.info(
            `${channel}/${account}: a group that is not on the allowlist wrote; let it in with \`openclaw channels allow ${channel} ${id}\``,
          )
        return { verdict: 'refuse', reason: `the group is not on the allowlist of ${channel}` }
      }
    }
    if (senders && (event.sender.transient || !senders.includes(event.sender.id)))
      return { verdict: 'refuse', reason: `the sender may not address the agent in groups of ${channel}` }
    const role = await recorded(channel, account, event.sender)
    const now = platform.clock.now()
    // A command of somebody we know is meant for us; strangers must say so.
    const addressed = !mention || event.mentioned || (role !== undefined && parseCommand(event.text) !== undefined)
    if (!addressed) {
      pending.add(channel, account, event, role ?? 'guest', now)
      return { verdict: 'pending' }
    }
    const anew = event.kind === 'edit' && pending.drop(channel, account, event, now)
    return { verdict: 'admit', role: role ?? 'guest', ...(anew ? { anew } : {}) }
  }

  const hears: Access['hears'] = (channel, { sender }) =>
    !sender.self && !(sender.bot && (rulesOf(channel).bots ?? 'ignore') === 'ignore')

  return {
    hears,
    admit(channel, account, event) {
      if (!hears(channel, event))
        return { verdict: 'refuse', reason: event.sender.self ? 'our own message' : 'written by a program' }
      if (event.kind === 'message' && loops.turns(channel, account, event, platform.clock.now()))
        return { verdict: 'refuse', reason: 'programs answer each other; a person must speak first' }
      return event.peer.kind === 'group' ? admitGroup(channel, account, event) : admitDirect(channel, account, event)
    },
    async role(channel, account, sender) {
      const role = await roleOf(channel, account, sender)
      if (role) return role
      const { dm, groups } = rulesOf(channel)
      const inGroups =
        groups?.policy === 'open' ||
        (groups?.policy !== 'disabled' &&
          ((groups?.allow?.length ?? 0) > 0 || (await recordOf(channel).hasGroups(account))))
      const mayAddress = inGroups && (!groups?.senders || groups.senders.includes(sender))
      return dm?.policy === 'open' || mayAddress ? 'guest' : undefined
    },
    async standing(channel, account, peer, sender) {
      const { dm, groups } = rulesOf(channel)
      if (peer.kind === 'direct') {
        if (dm?.policy === 'disabled') return undefined
        return (await roleOf(channel, account, sender ?? peer.id)) ?? (dm?.policy === 'open' ? 'guest' : undefined)
      }
      const { policy = 'allowlist', senders } = groups ?? {}
      if (policy === 'disabled' || (policy === 'allowlist' && !(await listed(channel, account, [peer.id]))))
        return undefined
      if (sender === undefined) return 'guest'
      return !senders || senders.includes(sender) ? ((await roleOf(channel, account, sender)) ?? 'guest') : undefined
    },
    takePending: (address) => pending.take(address, platform.clock.now()),
    pairings: async (channel) => [...(await pairings.waiting(channel))],
    async approve(channel, code, role) {
      const { sender, account } = await pairings.approve(channel, code, (request) =>
        recordOf(channel).add(request.account, request.sender, role, request.name),
      )
      return { sender, account }
    },
    reject: pairings.reject,
    refusedGroups: refused.list,
  }
}
