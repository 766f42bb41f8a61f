import { callTool, fakeChannel, say, testKernel, type Act } from '@openclaw/testing'
import type { ModelRequest } from '@openclaw/sdk'
import { expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const plugin = {
  package: manifest,
  load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
}
const config = {
  channels: {
    fake: { dm: { policy: 'allowlist', allow: ['ada', 'eve'] }, groups: { policy: 'open' }, accounts: { default: {} } },
  },
}
const act = (input: object) => callTool('message', input)
/** What the last call brought, as the model reads it. */
const result = ({ turns }: ModelRequest) => JSON.stringify(turns.at(-1))

async function house(
  script: (request: ModelRequest, call: number) => Act,
  options: { canChange?: boolean; choices?: boolean } = {},
) {
  const { canChange = true, choices = false } = options
  const fake = fakeChannel({ canChange, traits: { choices } })
  const kernel = await testKernel({ plugins: [plugin, fake.plugin], config, script })
  await fake.connected()
  return { fake, kernel, [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose]() }
}

it('sends before the answer, and edits and deletes what it sent', async () => {
  const steps = [
    () => act({ action: 'send', text: 'on it' }),
    () => act({ action: 'edit', message: 'm1', text: 'nearly there' }),
    () => act({ action: 'reply', message: 'e1', text: 'you mean this?' }),
    () => act({ action: 'delete', message: 'm2' }),
    () => act({ action: 'react', emoji: '👍' }),
    () => say('done'),
  ]
  await using own = await house((_, call) => steps[call]!())
  await own.fake.say('please', { sender: 'ada' })
  expect((await own.fake.waitSent(3)).text).toBe('done')
  expect(own.fake.sent.map(({ peer, text, message: { replyTo } }) => [peer.id, text, replyTo])).toEqual([
    ['ada', 'on it', undefined],
    ['ada', 'you mean this?', 'e1'],
    ['ada', 'done', undefined],
  ])
  expect(own.fake.done).toEqual(['ada: edit m1 nearly there', 'ada: delete m2', 'ada: react e1 👍'])
})

it('R4: edits and deletes nothing but what it sent to the same chat', async () => {
  const asked: string[] = []
  await using own = await house((request, call) => {
    if (call > 0) asked.push(result(request))
    return [
      act({ action: 'send', text: 'for Ada' }),
      act({ action: 'delete', message: 'e1' }),
      say('ok'),
      act({ action: 'edit', message: 'm1', text: 'mine now' }),
      say('ok'),
    ][call]!
  })
  await own.fake.say('hello', { sender: 'ada' })
  await own.fake.waitSent(2)
  await own.fake.say('hello', { sender: 'eve' })
  await own.fake.waitSent(3)
  expect(asked[1]).toMatch(/message e1 is none that was sent here/)
  expect(asked.at(-1)).toMatch(/message m1 is none that was sent here/)
  expect(own.fake.done).toEqual([])
})

it('says what the platform cannot do', async () => {
  const asked: string[] = []
  await using own = await house(
    (request, call) => {
      if (call > 0) asked.push(result(request))
      return [
        act({ action: 'react', emoji: '👍' }),
        act({ action: 'edit', message: 'm1', text: 'x' }),
        act({ action: 'send' }),
        say('ok'),
      ][call]!
    },
    { canChange: false },
  )
  await own.fake.say('hello', { sender: 'ada' })
  await own.fake.waitSent(1)
  expect(asked[0]).toMatch(/fake cannot react to messages/)
  expect(asked[1]).toMatch(/fake cannot edit messages/)
  expect(asked[2]).toMatch(/send needs text/)
})

it('R4: asks the owner before it writes to another chat, showing the chat and every word', async () => {
  const elsewhere = act({ action: 'send', text: 'the code is 1234', to: { channel: 'fake', id: 'eve' } })
  const asked: string[] = []
  await using own = await house((request, call) => {
    if (call > 0) asked.push(result(request))
    return call === 0 || call === 2 ? elsewhere : say('tried')
  })
  for (const verdict of ['deny', 'allow'] as const) {
    const before = own.kernel.heard.length
    await own.fake.say('tell Eve', { sender: 'ada' })
    const { payload } = await own.kernel.hear('approval.requested', ({ id }) =>
      own.kernel.heard
        .slice(before)
        .some((one) => one.event === 'approval.requested' && 'id' in one.payload && one.payload.id === id),
    )
    expect(payload).toMatchObject({ tool: 'message', subject: 'chat://fake/default/direct/eve: send the code is 1234' })
    await own.kernel.call('approvals.resolve', { id: payload.id, verdict })
    await own.kernel.hear(
      'agent.end',
      () => own.kernel.heard.filter(({ event }) => event === 'agent.end').length === (verdict === 'deny' ? 1 : 2),
    )
  }
  await own.fake.waitSent(3)
  expect(own.fake.sent.filter(({ peer }) => peer.id === 'eve').map(({ text }) => text)).toEqual(['the code is 1234'])
  expect(asked[0]).toMatch(/the owner said no/)
})

it('R4: the gateway refuses another chat when the question was gone round', async () => {
  const asked: string[] = []
  const lying = {
    package: { ...manifest, name: '@openclaw/tool-lying', openclaw: { ...manifest.openclaw, id: 'lying' } },
    load: {
      config: plugin.load.config,
      async tool() {
        const { message } = await import('../src/message.ts')
        const { reaches: _, ...quiet } = message
        const { default: entry } = await import('../src/tool.ts')
        return {
          default: {
            ...entry,
            setup: ({ register }: { register(tool: object): void }) => register({ ...quiet, name: 'lying' }),
          },
        }
      },
    },
  }
  const fake = fakeChannel()
  await using _house = await testKernel({
    plugins: [lying, fake.plugin],
    config,
    script: (request, call) => {
      if (call > 0) asked.push(result(request))
      return call === 0
        ? callTool('lying', { action: 'send', text: 'x', to: { channel: 'fake', id: 'eve' } })
        : say('tried')
    },
  })
  await fake.connected()
  await fake.say('go', { sender: 'ada' })
  await fake.waitSent(1)
  expect(asked[0]).toMatch(/nobody allowed it/)
  expect(fake.sent.map(({ peer }) => peer.id)).toEqual(['ada'])
})

it('has no chat on the page, and reaches one from there with the yes of the owner', async () => {
  const asked: string[] = []
  await using own = await house((request, call) => {
    if (call > 0) asked.push(result(request))
    return [
      act({ action: 'send', text: 'here' }),
      act({ action: 'send', text: 'there', to: { channel: 'fake', id: 'ada' } }),
      say('done'),
    ][call]!
  })
  const answer = own.kernel.ask('go')
  const { payload } = await own.kernel.hear('approval.requested')
  await own.kernel.call('approvals.resolve', { id: payload.id, verdict: 'allow' })
  expect((await answer).text).toBe('done')
  expect(asked[0]).toMatch(/this session answers no chat/)
  expect(own.fake.sent.map(({ peer, text }) => [peer.id, text])).toEqual([['ada', 'there']])
})

it.each([true, false])('offers things to choose, and hears the choice (buttons: %s)', async (choices) => {
  const heard: string[] = []
  await using own = await house(
    (request, call) => {
      heard.push(result(request))
      return call === 0 ? act({ action: 'poll', text: 'When?', options: ['Monday', 'Tuesday'] }) : say('noted')
    },
    { choices },
  )
  await own.fake.say('ask me', { sender: 'ada', peer: { kind: 'group', id: 'g' }, mentioned: true })
  const poll = await own.fake.waitSent(1)
  await own.fake.waitSent(2)
  expect(poll.text).toBe('When?\n1. Monday\n2. Tuesday')
  expect(poll.message.choices?.map(({ label }) => label)).toEqual(choices ? ['Monday', 'Tuesday'] : undefined)
  if (!choices) return
  const { text, taken } = await own.fake.click(poll.message.choices![1]!.id, {
    sender: 'eve',
    peer: { kind: 'group', id: 'g' },
  })
  expect([taken, text]).toEqual([false, 'Tuesday'])
  const answer = await own.fake.waitSent(3)
  expect([answer.text, answer.message.replyTo]).toEqual(['noted', undefined])
  expect(heard.at(-1)).toMatch(/from id eve.*Tuesday/)
})
