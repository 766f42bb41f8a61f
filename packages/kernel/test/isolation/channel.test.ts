import { expect, test } from 'vitest'
import { line, openHouse, openPlatform } from './house.ts'

test('a channel in a process of its own takes messages, renders and answers', { timeout: 60_000 }, async () => {
  await using platform = await openPlatform()
  await using house = await openHouse([line], {
    channels: { line: { dm: { policy: 'open' }, accounts: { default: { port: platform.port } } } },
  })
  console.log(await house.row('line'), house.logged)
  await house.online('line')
  await platform.says('hello')
  expect(await platform.hear((one) => one['kind'] === 'send')).toMatchObject({
    message: { text: '<p>heard: [{"type":"text","text":"hello"}]</p>' },
  })
})
