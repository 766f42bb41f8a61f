import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Counterpart, Says, Seen } from '@openclaw/testing'
import { discordEmulator } from '@openclaw/testing/discord'
import { ircEmulator } from '@openclaw/testing/irc'
import { slackEmulator } from '@openclaw/testing/slack'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { expect, it } from 'vitest'
import { openclaw, startGateway, temporaryHome, until, type GatewayProcess } from '../gateway.ts'
import { furnish } from './home.ts'
import { lastSaid, serveModel, type Reply } from './model.ts'

const emulators = {
  telegram: () => telegramEmulator(),
  discord: () => discordEmulator(),
  // Slack waits for minutes before it gives an event again; a test does not.
  slack: () => slackEmulator({ retryMs: [300, 300, 600, 1200, 2400, 4800] }),
  irc: () => ircEmulator(),
}
const folder = (id: string) => join(import.meta.dirname, '../../../plugins', `channel-${id}`)

/** A model that does whatever anybody asks of it, and tells what came of it. */
function obey(asked: Parameters<typeof lastSaid>[0]): Reply {
  const last = asked.messages.at(-1)!
  if (last.role === 'tool') return `It came to this: ${JSON.stringify(last.content)}`
  const said = lastSaid(asked)
  if (said.includes('write it down')) return { tool: 'write', input: { path: 'note.md', content: 'noted' } }
  if (said.includes('run it')) return { tool: 'bash', input: { command: 'touch ran' } }
  return `I heard ${said.match(/word\w+/g)?.at(-1) ?? 'you'}.`
}

/** Says something and waits for a new message there that fits. Said again after a while, since some platforms keep nothing. */
async function ask(platform: Counterpart, text: string, fits: (seen: Seen) => boolean, how: Says = {}): Promise<Seen> {
  const peer = how.in ?? platform.direct(how.from ?? platform.people[0])
  const before = new Set(platform.sees().map(({ message }) => message))
  const there = () =>
    platform.sees().filter((one) => !before.has(one.message) && one.peer.kind === peer.kind && one.peer.id === peer.id)
  let looks = 0
  return until(async () => {
    if (looks++ % 200 === 0) await platform.says(text, how)
    return there().find(fits)
  }, 60_000).catch(() => {
    const seen = there().map((one) => one.text)
    throw new Error(`"${text}" was not answered in ${JSON.stringify(peer)}; there is ${JSON.stringify(seen)}`)
  })
}

it(
  'R1 S7 S12: on four platforms at once, strangers become owner and member, groups are heard when they call, through three kills',
  { timeout: 240_000 },
  async () => {
    await using home = await temporaryHome()
    await using open = new AsyncDisposableStack()
    const model = open.use(await serveModel(obey))
    const platforms: (readonly [string, Counterpart])[] = []
    for (const [id, start] of Object.entries(emulators)) platforms.push([id, open.use(await start())])
    const channels = platforms.map(([id, { account, group }]) => [
      id,
      { groups: { allow: [group!.id] }, accounts: { default: account } },
    ])
    const config = {
      agents: { main: { model: 'openai/echo' } },
      plugins: { openai: { config: { baseUrl: model.baseUrl, models: [{ id: 'echo', contextTokens: 100_000 }] } } },
      channels: Object.fromEntries(channels) as object,
    }
    await furnish(home.path, config, Object.keys(emulators).map(folder))
    const everywhere = (work: (platform: Counterpart, id: string) => Promise<unknown>) =>
      Promise.all(platforms.map(([id, platform]) => work(platform, id)))
    let gateway: GatewayProcess = await startGateway(home.path)
    open.defer(() => gateway[Symbol.asyncDispose]())
    const kill = async () => {
      await gateway.kill()
      gateway = await startGateway(home.path)
    }

    // Strangers write, and get a code, of which the gateway's death takes nothing.
    const codes = new Map<string, string>()
    const code = /\b[2-9A-HJ-NP-Z]{8}\b/
    for (const who of [0, 1] as const)
      await everywhere(async (platform, id) => {
        const from = platform.people[who]
        const { text } = await ask(platform, 'let me in', (seen) => code.test(seen.text), { from })
        codes.set(`${id} ${who}`, code.exec(text)![0])
      })
    expect(model.requests).toEqual([])
    await kill()

    // The first is let in as the owner, the second as a member.
    for (const [id] of platforms)
      for (const who of [0, 1]) {
        const words = ['pairing', 'approve', id, codes.get(`${id} ${who}`)!, ...(who === 0 ? ['--owner'] : [])]
        const { code: exit, out, err } = await openclaw(home.path, ...words)
        expect(exit, err).toBe(0)
        expect(out).toContain(who === 0 ? 'the owner' : 'a member')
      }

    // The owner is answered with a tool call, killed in its middle.
    const answers = everywhere((platform) =>
      ask(platform, 'write it down', ({ text }) => /Created|Replaced|interrupted/.test(text)),
    )
    await until(async () => model.requests.length > 0)
    await kill()
    await answers
    expect(await readFile(join(home.path, 'workspace', 'note.md'), 'utf8')).toBe('noted')

    // A member and a group are answered too; what changes this machine is refused in words.
    const refused = ({ text }: Seen) => /no tool|not available/.test(text)
    const heard = ({ text }: Seen) => text.includes('wordmember')
    await everywhere((platform) => ask(platform, 'wordmember', heard, { from: platform.people[1] }))
    for (const words of ['write it down', 'run it'])
      await everywhere((platform) => ask(platform, words, refused, { from: platform.people[1] }))
    await everywhere((platform) => platform.says('wordunheard', { in: platform.group! }))
    const called = ({ text }: Seen) => text.includes('wordcalled')
    const answered = everywhere((platform) =>
      ask(platform, 'wordcalled', called, { in: platform.group!, mention: true, from: platform.people[2] }),
    )
    await kill()
    await answered
    await everywhere((platform) =>
      ask(platform, 'run it', refused, { in: platform.group!, mention: true, from: platform.people[0] }),
    )
    for (const [id, platform] of platforms) {
      const inGroup = platform.sees().filter(({ peer }) => peer.kind === 'group')
      expect(
        inGroup.some(({ text }) => text.includes('wordunheard')),
        id,
      ).toBe(false)
      expect(platform.links().most, id).toBeLessThanOrEqual(1)
    }
    await expect(readFile(join(home.path, 'workspace', 'ran'))).rejects.toThrow()
  },
)
