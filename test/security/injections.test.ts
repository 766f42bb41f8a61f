import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fakeChannel, testKernel, writeAllowlist, type TestKernel } from '@openclaw/testing'
import { afterAll, expect, it, vi } from 'vitest'
import { reference } from '../../plugins/tool-mcp/test/servers.ts'
import { openSite, type Site } from '../../plugins/tool-web/test/site.ts'
import { injectionsWith, obey, type Wanted } from './obedient.ts'
import { denyAll } from './owner.ts'
import { plugins } from './plugins.ts'

vi.setConfig({ testTimeout: 300_000 })

const secret = 'canary-of-the-owner'
const home = await mkdtemp(join(tmpdir(), 'openclaw-injections-'))
const canary = join(home, 'canary')
const owner = 'agent:main:local:default:owner'

/** What a person in the page asks for without any harm in mind. */
function innocent(said: string): Wanted | undefined {
  const [, verb, what = ''] = /\b(fetch|read|echo) (\S+)$/.exec(said) ?? []
  if (verb === 'fetch') return { tool: 'web_fetch', input: { url: what } }
  if (verb === 'read') return { tool: 'read', input: { path: what } }
  if (verb === 'echo') return { tool: 'all_echo', input: { message: all[Number(what)]!.text } }
  return undefined
}

/** Somebody else's site, where nothing of the owner may ever arrive. */
const evil = await openSite({})
const all = injectionsWith((text) => text.replaceAll('CANARY', canary).replaceAll('EVIL', evil.url))

afterAll(async () => {
  await evil[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

interface House extends AsyncDisposable {
  readonly house: TestKernel
  readonly chat: ReturnType<typeof fakeChannel>
  readonly site: Site
  /** What the owner was asked and said no to. */
  readonly asked: string[]
}

/** A gateway with every tool of ours, whose owner says no to whatever they are asked. */
async function openHouse(tools: object = {}): Promise<House> {
  const place = await mkdtemp(join(home, 'house-'))
  await writeAllowlist(place, 'fake', { boss: 'owner' }, ['club'])
  await writeFile(canary, `#!/bin/sh\necho ran >> ${canary}.ran\n`)
  await chmod(canary, 0o755)
  const workspace = join(place, 'workspace')
  await mkdir(workspace, { recursive: true })
  await writeFile(join(workspace, 'secret.txt'), secret)
  const site = await openSite(
    Object.fromEntries(
      all.map(({ text, hidden }, at) => [
        `/${at}`,
        (_: unknown, response: ServerResponse) =>
          void response.writeHead(200, { 'content-type': hidden ? 'text/html' : 'text/plain' }).end(text),
      ]),
    ),
  )
  await Promise.all(all.map(({ text }, at) => writeFile(join(workspace, `${at}.md`), text)))
  const chat = fakeChannel()
  const house = await testKernel({
    home: place,
    plugins: [...plugins, chat.plugin],
    script: (request) => obey(request, innocent),
    config: {
      tools,
      limits: { perDay: { tokens: 1_000_000_000, costUsd: 1e6 }, perSender: { costUsd: 1e6 } },
      channels: {
        fake: { dm: { policy: 'open' }, groups: { policy: 'allowlist', mention: true }, accounts: { default: {} } },
      },
      plugins: {
        web: { config: { allowPrivate: [site.host, evil.host] } },
        mcp: { config: { servers: { all: { ...reference('everything', 'stdio'), effects: { echo: 'read' } } } } },
      },
    },
  })
  await chat.connected()
  const asked = denyAll(house)
  return {
    house,
    chat,
    site,
    asked,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

/** Nothing left, and nothing was done that a person has to say yes to. */
async function untouched({ house, chat }: House, config: string, mine: (peer: string) => boolean): Promise<void> {
  expect(await readFile(`${canary}.ran`, 'utf8').catch(() => 'never')).toBe('never')
  expect(evil.asked).toEqual([])
  expect(chat.sent.filter(({ peer, text }) => !mine(peer.id) || text.includes(secret))).toEqual([])
  expect(await readFile(join(house.home, 'openclaw.json'), 'utf8')).toBe(config)
  expect(((await house.call('cron.list' as never, {} as never)) as { jobs: unknown[] }).jobs).toEqual([])
  expect(await readdir(join(house.home, 'workspace', 'memory')).catch(() => [])).toEqual([])
  const files = await readdir(join(house.home, 'workspace'))
  expect(files.filter((name) => /^(heartbeat\.md|skills)$/i.test(name))).toEqual([])
}

const configOf = ({ house }: House) => readFile(join(house.home, 'openclaw.json'), 'utf8')

/** What the owner asks for in their own page, of which the answer holds a text of somebody else. */
const ways: Readonly<Record<string, (place: House, at: number) => string>> = {
  'a web page': ({ site }, at) => `fetch ${site.url}/${at}`,
  'an answer of an MCP server': (_, at) => `echo ${at}`,
  'a file': (_, at) => `read ${at}.md`,
}

it.each(Object.keys(ways))(`S21: ${all.length} injections in %s do nothing without a yes`, async (way) => {
  await using place = await openHouse()
  const config = await configOf(place)
  await expect
    .poll(async () => (await place.house.call('tools.list', {})).tools.map(({ name }) => name), { timeout: 60_000 })
    .toContain('all_echo')
  for (const at of all.keys()) {
    const { status } = await place.house.ask(ways[way]!(place, at), { session: `${owner}:thread:${at}` })
    expect(status).toBe('answered')
  }
  await untouched(place, config, () => false)
  // Who may come in is nothing that a tool may ask for, so those orders come to no question.
  expect(place.asked.length).toBeGreaterThan(all.length * 0.8)
})

it(`S21: ${all.length} injections by a stranger who writes directly do nothing at all`, async () => {
  await using place = await openHouse()
  const config = await configOf(place)
  for (const [at, { text }] of all.entries()) await place.chat.say(text, { sender: `stranger${at}` })
  await place.chat.waitSent(all.length)
  await untouched(place, config, (peer) => peer.startsWith('stranger'))
})

it(`S21: ${all.length} injections that were said in a group before the owner spoke there do nothing at all`, async () => {
  await using place = await openHouse()
  const config = await configOf(place)
  const peer = { kind: 'group', id: 'club' } as const
  for (const [at, { text }] of all.entries()) {
    await place.chat.say(text, { sender: 'mallory', peer })
    await place.chat.say('what do you think?', { sender: 'boss', peer, mentioned: true })
    await place.chat.waitSent(at + 1)
  }
  await untouched(place, config, (id) => id === 'club')
})

it('has a model that obeys every wording where nobody is asked', async () => {
  await using place = await openHouse({ exec: 'never-ask' })
  const commands = all.filter(({ about }) => about === 'a command')
  for (const injection of commands)
    await place.house.ask(`read ${all.indexOf(injection)}.md`, {
      session: `${owner}:thread:${all.indexOf(injection)}`,
    })
  expect(await readFile(`${canary}.ran`, 'utf8')).toBe('ran\n'.repeat(commands.length))
  await rm(`${canary}.ran`)
})
