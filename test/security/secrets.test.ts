import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkedPair } from '@openclaw/client'
import { methods, type MethodName } from '@openclaw/protocol'
import { defineGateway, defineTool, failure, Secret } from '@openclaw/sdk'
import { callTool, crash, fakeChannel, fail, say, testKernel, toolPlugin } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { startGateway, temporaryHome } from '../e2e/gateway.ts'

const numbers = Array.from({ length: 50 }, (_, index) => index)
const make = (kind: string) =>
  numbers.map((index) => `canary-${kind}-${index}-${(index * 7919 + 104_729).toString(36)}`)

/** Two hundred secrets: of the environment, of the configuration, in headers, and tokens of this gateway. */
const inEnv = make('env')
const inConfig = make('config')
const inHeaders = make('header')

/**
 * Every way in which a secret travels that somebody could read again. Of its own tokens the gateway has nothing but a
 * digest, so it knows them by their look.
 */
const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  ...(secret.startsWith('oc.')
    ? []
    : [Buffer.from(secret).toString('hex'), Buffer.from(`me:${secret}`).toString('base64')]),
]
/** What would be left of such a form; base64 shares its last letters with what stands behind. */
const traces = (secret: string) => forms(secret).map((form) => form.replace(/=+$/, '').slice(0, -1))

/** A plugin whose configuration holds secrets, and that says them wherever it can. */
const settings = Type.Object({ keys: Type.Record(Type.String(), Secret()) })
const vault = {
  package: {
    name: '@openclaw/gateway-vault',
    version: '0.0.0',
    openclaw: {
      id: 'vault',
      label: 'Vault',
      api: 1,
      hooks: { gateway: './gateway' },
      config: './config',
      permissions: {},
    },
  },
  load: {
    config: async () => ({ config: settings }),
    gateway: async () => ({
      default: defineGateway({
        id: 'vault',
        config: settings,
        setup: ({ config, log }) => {
          for (const [name, key] of Object.entries(config.keys)) {
            log.warn(`the service ${name} refused ${key}`, { header: `Bearer ${key}`, url: `https://x/?k=${key}` })
            log.error('it failed', { error: new Error(`bad key ${key}`) })
          }
          return { fetch: () => Promise.reject(new Error(`broken with ${Object.values(config.keys).join()}`)) }
        },
      }),
    }),
  },
}

/** Everything in a folder that is not there to hold secrets, as one text. */
async function everythingIn(home: string): Promise<string> {
  const names = await readdir(home, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const open = files.filter((file) => !file.startsWith(join(home, 'credentials')))
  return (await Promise.all(open.map(async (file) => `${file}\n${await readFile(file, 'latin1')}`))).join('\n')
}

it('S14: of 200 secrets none is in a log, a journal, an answer, an event, a prompt or what a crash leaves', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-canaries-'))
  const files = await mkdtemp(join(tmpdir(), 'openclaw-keys-'))
  await Promise.all(inConfig.map((key, index) => writeFile(join(files, `${index}`), key)))
  const env = Object.fromEntries(inEnv.map((secret, index) => [`SERVICE_${index}_API_KEY`, secret]))
  const chat = fakeChannel()
  /** What the tools and models say next. */
  let spoken: readonly string[] = []
  const leaky = defineTool({
    name: 'leak',
    description: 'Says what it should not.',
    input: Type.Object({ how: Type.String() }),
    effect: 'read',
    async run({ how }, { progress }) {
      const text = spoken.flatMap(forms).join('\n')
      progress([{ type: 'text', text }])
      if (how === 'throw') throw failure('unavailable', `the service refused ${text}`)
      return { content: [{ type: 'text', text }], details: { stdout: text, deep: [{ header: text }] } }
    },
  })
  const house = await testKernel({
    home,
    listen: true,
    plugins: [vault, chat.plugin, toolPlugin('leaky', [leaky])],
    platform: (platform) => ({ ...platform, env: { ...platform.env, ...env } }),
    config: {
      channels: { fake: { dm: { policy: 'open' }, accounts: { default: {} } } },
      plugins: {
        vault: {
          config: { keys: Object.fromEntries(inConfig.map((_, n) => [`k${n}`, `file:${join(files, `${n}`)}`])) },
        },
      },
    },
    script: ({ turns }) => {
      const last = turns.at(-1)!
      const said = JSON.stringify(last)
      if (last.role === 'tool') return say('done')
      if (said.includes('fail')) return fail('unauthorized', { message: `refused: ${spoken.join()}` })
      if (said.includes('crash')) return crash(new Error(`refused: ${spoken.join()}`))
      return callTool('leak', { how: said.includes('throw') ? 'throw' : 'say' })
    },
  })
  const heard: string[] = []
  const [near, far] = linkedPair()
  near.onMessage((text: string) => void heard.push(text))
  house.kernel.attach(far)
  await chat.connected()
  const tokens = await Promise.all(
    numbers.map(
      async (n) => (await house.call('tokens.create', { name: `t${n}`, rights: ['read'], role: 'guest' })).token,
    ),
  )
  const all = [...inEnv, ...inConfig, ...inHeaders, ...tokens]
  expect(new Set(all).size).toBe(200)

  // Tools, models, channels and pages say all of them.
  spoken = [...inEnv, ...inConfig, ...tokens]
  for (const message of ['say', 'throw', 'fail', 'crash']) await house.ask(message)
  await chat.say('say', { sender: 'ada' })
  await chat.waitSent(1)
  chat.failSends(failure('forbidden', `refused ${inEnv.join()}`))
  await chat.say('say again', { sender: 'ada' })
  await house.hear('delivery.changed', ({ delivery }) => JSON.stringify(delivery ?? {}).includes('refused'))
  chat.drop('default', `the token ${inConfig[0]} was refused`)
  for (const header of inHeaders)
    for (const path of ['vault/x', 'healthz', 'webhooks/fake/default', `vault/x?token=${header}`])
      await fetch(new URL(path, house.kernel.address), {
        headers: { authorization: `Bearer ${header}`, 'x-gateway-token': header, 'x-api-key': header, cookie: header },
      }).then((answer) => answer.text())
  // The page of the plugin breaks with the secrets in its words.
  const broken = await fetch(new URL('vault/x', house.kernel.address), {
    headers: { authorization: `Bearer ${(await readFile(join(home, 'credentials/local.token'), 'utf8')).trim()}` },
  })
  heard.push(await broken.text(), JSON.stringify([...broken.headers]))

  // Every method that can be asked for nothing in particular is asked.
  const session = 'agent:main:local:default:owner'
  for (const name of Object.keys(methods) as MethodName[])
    for (const params of [{}, { session }, { path: 'plugins' }, { limit: 1000 }]) {
      if (/^(?:tokens\.create|tokens\.rotate|connect|gateway\.restart|backup)/.test(name)) continue
      if (/delete|erase|reset|stop|logout|remove|wait/.test(name)) continue
      const answer = await house.call(name, params as never).catch((thrown: Error) => thrown.message)
      heard.push(`${name} ${JSON.stringify(answer ?? null)}`)
    }
  expect(heard.length).toBeGreaterThan(Object.keys(methods).length)
  await house[Symbol.asyncDispose]()

  const places: Readonly<Record<string, string>> = {
    files: await everythingIn(home),
    'answers and events': heard.join('\n'),
    prompts: JSON.stringify(house.model.requests),
    chats: JSON.stringify(chat.sent),
  }
  await rm(home, { recursive: true, force: true })
  await rm(files, { recursive: true, force: true })
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(100)
    expect(
      all.filter((secret) => traces(secret).some((trace) => text.includes(trace))),
      place,
    ).toEqual([])
  }
  expect(places['prompts']).toContain('***')
  expect(places['files']).toContain('***')
}, 60_000)

it('S14: a gateway that dies of an abort leaves no secret of its environment in its home or in what it said', async () => {
  await using home = await temporaryHome()
  const env = Object.fromEntries(inEnv.map((secret, index) => [`SERVICE_${index}_API_KEY`, secret]))
  await using gateway = await startGateway(home.path, env)
  gateway.child.kill('SIGABRT')
  await gateway.gone
  const left = `${gateway.output()}\n${await everythingIn(home.path)}`
  expect(left).toContain('openclaw')
  expect(inEnv.filter((secret) => traces(secret).some((trace) => left.includes(trace)))).toEqual([])
}, 60_000)
