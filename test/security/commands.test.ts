import { chatCommands } from '@openclaw/kernel'
import type { Role } from '@openclaw/protocol'
import { fakeChannel, testKernel, writeAllowlist } from '@openclaw/testing'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** What each command takes at least, written down by hand. A new command without a row here fails. */
const rows: Readonly<Record<(typeof chatCommands)[number]['name'], Role>> = {
  help: 'guest',
  whoami: 'guest',
  status: 'member',
  new: 'member',
  reset: 'member',
  stop: 'member',
  compact: 'member',
  pin: 'member',
  unpin: 'member',
  usage: 'member',
  skill: 'member',
  model: 'owner',
  think: 'owner',
  queue: 'owner',
  verbose: 'owner',
  more: 'owner',
  approve: 'owner',
  deny: 'owner',
}
const ranks: readonly Role[] = ['guest', 'member', 'owner']
const people: Readonly<Record<Role, string>> = { owner: 'boss', member: 'mia', guest: 'gus' }
const places = { direct: undefined, group: { kind: 'group', id: 'club' } } as const

/** A gateway whose record has the owner, a member, and a group in which others are guests. */
async function openHouse() {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-commands-'))
  await writeAllowlist(home, 'fake', { boss: 'owner', mia: 'member' }, ['club'])
  const chat = fakeChannel()
  const house = await testKernel({
    home,
    plugins: [chat.plugin],
    config: { channels: { fake: { dm: { policy: 'open' }, accounts: { default: {} } } } },
  })
  await chat.connected()
  return {
    house,
    chat,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

it('S18: every command has a row, and answers exactly those whose role is enough, in direct chats and in groups', async () => {
  expect(Object.fromEntries(chatCommands.map(({ name, role }) => [name, role]))).toEqual(rows)
  await using open = await openHouse()
  const { house, chat } = open
  for (const [place, peer] of Object.entries(places))
    for (const [command, needed] of Object.entries(rows))
      for (const role of ranks) {
        const before = chat.sent.length
        await chat.say(`/${command}`, { sender: people[role], ...(peer ? { peer, mentioned: true } : {}) })
        const { text } = await chat.waitSent(before + 1)
        const refused = text.startsWith(`/${command} is for `)
        // This one speaks again when it is done.
        if (command === 'compact' && !refused) await chat.waitSent(before + 2)
        expect(refused, `/${command} by a ${role} in a ${place} chat: ${text}`).toBe(
          ranks.indexOf(role) < ranks.indexOf(needed),
        )
      }
  expect(house.model.requests).toEqual([])
})

it('S18: a click counts only with a role that is enough, whatever it says', async () => {
  await using open = await openHouse()
  const { house, chat } = open
  const choices = [
    '',
    ':',
    'x',
    'x:allow',
    'x:deny',
    'x:ALLOW',
    `${'a'.repeat(26)}:allow`,
    '/approve',
    '__proto__:allow',
  ]
  for (const choice of choices)
    for (const sender of Object.values(people)) {
      const { taken } = await chat.click(choice, { sender })
      // Only the owner is told what has become of a question.
      if (taken) expect(sender).toBe('boss')
    }
  expect((await house.call('approvals.list', {})).approvals).toEqual([])
})
