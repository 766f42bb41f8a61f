import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { testPlatform } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { openLogins } from '../../src/channels/logins.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import { keepingLog, temporaryFolder } from '../storage.ts'

it('S8: what an account keeps stays in its own folder, whatever the account is called', async () => {
  await using home = await temporaryFolder()
  const platform = testPlatform(home.path)
  const folder = join(home.path, 'credentials')
  const logins = openLogins({
    platform,
    home: home.path,
    secrets: openSecrets({ folder, platform, log: keepingLog() }),
  })
  const names = ['default', '.', '..', '../..', 'a/b', '...']
  for (const name of names) await logins.of('fake', name).set('key', Buffer.from(name))
  expect((await readdir(join(folder, 'fake'))).length).toBe(names.length)
  expect(await readdir(home.path)).toEqual(['credentials'])
  await logins.forget('fake', '..')
  expect(await logins.of('fake', '..').list()).toEqual([])
  expect(await logins.of('fake', 'default').list()).toEqual(['key'])
})
