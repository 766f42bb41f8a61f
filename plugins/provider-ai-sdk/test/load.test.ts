import { collectEvents, connectProvider, sampleRequest, startModelEndpoint } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { loadPackage, treeOf } from '../src/load.ts'
import provider from '../src/provider.ts'

const packages = (name: string) => new URL(`./packages/${name}.js`, import.meta.url).href

describe('a package', () => {
  it('that is not installed is a failure with the command that installs it', async () => {
    const models = await connectProvider(provider, { package: '@ai-sdk/nobody', models: [{ id: 'm' }] })
    const [event] = await collectEvents(models, sampleRequest('m'))
    expect(event).toMatchObject({
      type: 'failed',
      failure: {
        code: 'not_found',
        message: expect.stringMatching(/npm install --ignore-scripts --save-exact --prefix \S+ @ai-sdk\/nobody/),
      },
    })
  })

  it('of another version of the interface is refused, with its version', async () => {
    const models = await loadPackage({ package: packages('old'), options: {} })
    expect(() => models('m')).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('speaks v2') }),
    )
  })

  it.each([
    ['two', undefined, 'one of createOne, createTwo'],
    ['old', 'createNew', 'no function createNew'],
  ])('%s with the factory %s is refused with what to set', async (name, factory, said) => {
    await expect(loadPackage({ package: packages(name), factory, options: {} })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(said),
    })
  })
})

it('installs beside the plugin: the folder is what stands before node_modules', () => {
  expect(treeOf('/home/a/.openclaw/plugins/node_modules/@openclaw/provider-ai-sdk/dist/provider.js')).toBe(
    '/home/a/.openclaw/plugins',
  )
  expect(treeOf('C:\\plugins\\node_modules\\@openclaw\\provider-ai-sdk\\dist\\provider.js')).toBe('C:\\plugins')
  expect(treeOf('/checkout/plugins/provider-ai-sdk/dist/provider.js')).toBe('~/.openclaw/plugins')
})

it('gives key and options to the package, and takes models and prices from the configuration', async () => {
  const chunk = (delta: object, finish: string | null = null, usage?: object) => ({
    id: '1',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...(usage ? { usage } : {}),
  })
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  await using endpoint = await startModelEndpoint(() => ({
    body: [chunk({ role: 'assistant', content: 'Hi.' }), chunk({ content: '' }, 'stop', usage), '[DONE]'],
  }))
  const models = await connectProvider(provider, {
    package: '@ai-sdk/mistral',
    options: { baseURL: `${endpoint.url}/v1`, headers: { 'x-team': 'a' } },
    key: 'k',
    models: [{ id: 'mistral-large-latest', contextTokens: 128_000 }],
    prices: { 'mistral-large-latest': { input: 2, output: 6 } },
  })
  expect(await models.models(AbortSignal.timeout(1000))).toEqual([
    { id: 'mistral-large-latest', contextTokens: 128_000 },
  ])
  const events = await collectEvents(models, sampleRequest('mistral-large-latest'))
  expect(events.at(-1)).toMatchObject({ type: 'done', usage: { input: 1000, output: 100, costUsd: 0.0026 } })
  expect(endpoint.asked).toMatchObject([{ headers: { authorization: 'Bearer k', 'x-team': 'a' } }])
})

it('asks nobody while no package is set', async () => {
  const models = await connectProvider(provider, {})
  expect(await models.models(AbortSignal.timeout(1000))).toEqual([])
  expect(await collectEvents(models, sampleRequest('m'))).toMatchObject([
    { type: 'failed', failure: { message: expect.stringContaining('plugins.ai-sdk.config') } },
  ])
})
