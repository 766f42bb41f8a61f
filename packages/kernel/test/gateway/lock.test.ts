import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockHome, readRunning } from '../../src/gateway/lock.ts'
import { realPlatform } from '../../src/platform/real.ts'

const platform = realPlatform()
const source = new URL('../../src/', import.meta.url).href

/** A process that takes the lock of a home and says how it went. */
async function gateway(home: string) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { lockHome } from '${source}gateway/lock.ts'
       import { realPlatform } from '${source}platform/real.ts'
       try {
         const lock = await lockHome({ home: process.argv[1], version: '9', platform: realPlatform() })
         await lock.publish('http://127.0.0.1:4242')
         setInterval(() => {}, 1000)
         process.on('SIGTERM', async () => { await lock[Symbol.asyncDispose](); process.exit(0) })
         console.log('held')
       } catch (thrown) { console.log(JSON.stringify({ code: thrown.code, message: thrown.message })) }`,
      home,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const gone = once(child, 'exit')
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, gone, said: said.toString().trim() }
}

test('A11: of two gateways on one home the second says which process has it; kill -9 of the first frees it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-lock-'))
  const first = await gateway(home)
  expect(first.said).toBe('held')
  expect(JSON.parse(await readFile(join(home, 'gateway.json'), 'utf8'))).toEqual({
    pid: first.child.pid,
    address: 'http://127.0.0.1:4242',
    startedAt: expect.any(Number),
    version: '9',
  })

  const second = await gateway(home)
  expect(JSON.parse(second.said)).toEqual({
    code: 'conflict',
    message: `${home}: a gateway runs here already (process ${first.child.pid} at http://127.0.0.1:4242); stop it, or choose another home with OPENCLAW_HOME`,
  })
  await second.gone

  first.child.kill('SIGKILL')
  await first.gone
  const third = await gateway(home)
  expect(third.said).toBe('held')
  third.child.kill('SIGTERM')
  await third.gone
  expect(await readRunning(home, platform)).toBeUndefined()
})

test('in one process too a home is held once, and again after it was let go', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-lock-'))
  const lock = await lockHome({ home, version: '1', platform })
  await expect(lockHome({ home, version: '1', platform })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`process ${process.pid}`),
  })
  await lock[Symbol.asyncDispose]()
  await using again = await lockHome({ home, version: '1', platform })
  expect(again).toBeDefined()
  for (const file of await readdir(home)) expect((await stat(join(home, file))).mode & 0o777, file).toBe(0o600)
  expect((await readdir(home)).sort()).toEqual(['gateway.json', 'gateway.lock'])
})

test('a gateway.json that is damaged or left over does not stand in the way', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-lock-'))
  await platform.files.replace(join(home, 'gateway.json'), '{"pid":')
  expect(await readRunning(home, platform)).toBeUndefined()
  await using lock = await lockHome({ home, version: '1', platform })
  await lock.publish('http://127.0.0.1:1')
  expect(await readRunning(home, platform)).toMatchObject({ pid: process.pid, address: 'http://127.0.0.1:1' })
})
