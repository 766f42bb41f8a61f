import { chatCommands } from '@openclaw/kernel'
import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import { expect } from 'vitest'
import { callTool, say } from '../../scripted.ts'
import { toolPlugin } from '../../testKernel.ts'
import type { Counterpart } from '../counterpart.ts'
import type { ChannelCheck, ChannelFixture, Means } from '../fixture.ts'
import { channelHouse, type ChannelHouse } from '../house.ts'

const hasButtons = ({ channel, counterpart }: Means) =>
  channel.traits.choices === true && counterpart.clicks !== undefined

/** A house whose owner is the first person; its model wants to run one command and says so when it is done. */
async function withCommand(fixture: ChannelFixture): Promise<{ house: ChannelHouse; ran: readonly string[] }> {
  const ran: string[] = []
  const shell = defineTool({
    name: 'shell',
    description: 'Runs a command.',
    input: Type.Object({ command: Type.String() }),
    effect: 'exec',
    subject: ({ command }) => command,
    async run({ command }) {
      ran.push(command)
      return { content: [{ type: 'text', text: 'it ran' }] }
    },
  })
  const house = await channelHouse(fixture, ({ people: [owner, member] }) => ({
    roles: { [owner]: 'owner', [member]: 'member' },
    plugins: [toolPlugin('kit', [shell])],
    script: (request) =>
      request.turns.at(-1)?.role === 'tool' ? say('the command is done') : callTool('shell', { command: 'rm x' }),
  }))
  return { house, ran }
}

/** Has the model want its command, and waits until the owner is asked. */
async function askedToAllow(house: ChannelHouse) {
  const question = await house.asks('clean up')
  const { payload } = await house.kernel.hear('approval.requested')
  return { id: payload.id, question }
}

const told = ({ sees }: Counterpart, text: string) => sees().some((seen) => seen.text.includes(text))

/** Who may decide, and who may say what, over a real kernel. */
export const authorityChecks: readonly ChannelCheck[] = [
  {
    name: "S18: a command waits for the owner's button, which works once; a stranger's and a member's click do nothing",
    needs: hasButtons,
    async run(fixture) {
      const { house, ran } = await withCommand(fixture)
      await using _house = house
      const { counterpart } = house
      const [owner, member, stranger] = counterpart.people
      const asked = await house.asks('clean up')
      expect(asked.peer).toEqual(counterpart.direct(owner))
      expect(asked.text).toContain('rm x')
      const allow = asked.choices.find(({ label }) => /allow|yes|run/i.test(label))!.id
      await counterpart.clicks!(asked.message, allow, stranger)
      await counterpart.clicks!(asked.message, allow, member)
      expect(ran).toEqual([])
      await counterpart.clicks!(asked.message, allow, owner)
      await house.until('the word that it is done', () => told(counterpart, 'the command is done'))
      // The buttons may be gone by now, which is as good.
      await counterpart.clicks!(asked.message, allow, owner).catch(() => undefined)
      await house.settled()
      expect(ran).toEqual(['rm x'])
    },
  },
  {
    name: 'S18: a command runs on the words of the owner, and not on those of a member',
    async run(fixture) {
      const { house, ran } = await withCommand(fixture)
      await using _house = house
      const { counterpart } = house
      const { id, question } = await askedToAllow(house)
      // Where there are no buttons, the question itself says what to type.
      if (!fixture.channel.traits.choices) expect(question.text).toContain('/approve')
      await house.asks(`/approve ${id}`, { from: counterpart.people[1] })
      expect(ran).toEqual([])
      await counterpart.says(`/approve ${id}`)
      await house.until('the word that it is done', () => told(counterpart, 'the command is done'))
      expect(ran).toEqual(['rm x'])
    },
  },
  {
    name: 'S18: a command does not run on a no of the owner',
    async run(fixture) {
      const { house, ran } = await withCommand(fixture)
      await using _house = house
      const { id } = await askedToAllow(house)
      await house.counterpart.says(`/deny ${id}`)
      await house.until('the end of it', () => told(house.counterpart, 'the command is done'))
      expect(ran).toEqual([])
      expect(house.asked()).toContain('the owner said no')
    },
  },
  {
    name: 'S18: commands are answered without the model, each for its role',
    async run(fixture) {
      await using house = await channelHouse(fixture, ({ people: [owner, member] }) => ({
        roles: { [owner]: 'owner', [member]: 'member' },
        rules: { dm: { policy: 'open' } },
      }))
      const { counterpart, kernel } = house
      const [owner, member, guest] = counterpart.people
      const { model } = await kernel.call('status', {})
      for (const command of ['/help', '/whoami']) await house.asks(command, { from: guest })
      for (const command of ['/help', '/status', '/usage', '/compact', '/stop', '/new', '/reset'])
        await house.asks(command, { from: member })
      for (const command of ['/model', `/model ${model}`, '/think', '/think low'])
        await house.asks(command, { from: owner })
      for (const from of [member, guest]) await counterpart.says('/think high', { from })
      // Every command of the table, so that a new one is tried by who may not use it, too.
      for (const { name, role } of chatCommands) {
        const below = role === 'guest' ? [] : role === 'member' ? [guest] : [guest, member]
        for (const from of below) expect((await house.asks(`/${name}`, { from })).text, name).toContain(' only.')
      }
      await house.settled()
      expect(house.asked()).toBe('[]')
      const { text } = await house.asks('/whoami', { from: guest })
      expect(text).toContain(guest)
      await house.asks('and now a question', { from: guest })
      expect(kernel.model.requests.map(({ thinking }) => thinking)).not.toContain('high')
    },
  },
]
