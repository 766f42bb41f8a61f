import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { describe, expect, it } from 'vitest'
import { cleanEnv, connect, openclaw, startGateway, temporaryHome, until } from './gateway.ts'

const bin = join(import.meta.dirname, '../../apps/cli/bin/openclaw.mjs')
const passphrase = 'correct horse battery staple'

/** Runs a command with something on its stdin. */
function give(home: string, input: string, ...words: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...words], { env: cleanEnv({ OPENCLAW_HOME: home }) })
    let said = ''
    child.stdout?.on('data', (text: string) => (said += text))
    child.stderr?.on('data', (text: string) => (said += text))
    child.on('close', (code) => resolve({ code, said }))
    child.stdin?.end(input)
  })
}

/** Somebody who writes 200 messages a second into ten sessions, until it is disposed. */
function writer(client: Awaited<ReturnType<typeof connect>>) {
  const acknowledged: { session: string; text: string }[] = []
  let over = false
  const failures: unknown[] = []
  const sends = new Set<Promise<void>>()
  async function send(count: number): Promise<void> {
    const session = `agent:main:local:default:owner:thread:t${count % 10}`
    const text = `message number ${count}`
    await client.call('chat.send', { session, message: text, idempotencyKey: `k${count}` })
    acknowledged.push({ session, text })
  }
  const writing = (async () => {
    for (let count = 0; !over; count++) {
      const sending = send(count).catch((error: unknown) => void failures.push(error))
      sends.add(sending)
      void sending.then(() => sends.delete(sending))
      await pause(5)
    }
    await Promise.all(sends)
  })()
  return {
    acknowledged,
    failures,
    async [Symbol.asyncDispose]() {
      over = true
      await writing
    },
  }
}

async function saidIn(client: Awaited<ReturnType<typeof connect>>, session: string): Promise<string[]> {
  const said: string[] = []
  for (let after = 0, more = true; more;) {
    const page = await client.call('chat.history', { session, after, limit: 1000 })
    said.push(...page.lines.filter(({ kind }) => kind === 'user').map(({ body }) => (body as { text: string }).text))
    after = page.lines.at(-1)?.seq ?? after
    more = page.more
  }
  return said
}

describe('a backup of a running gateway', () => {
  it(
    'R1 R11: made while 200 messages a second come in, it has what was acknowledged before, and goes on elsewhere',
    { timeout: 180_000 },
    async () => {
      await using home = await temporaryHome()
      await using other = await temporaryHome()
      const file = join(other.path, 'backup.tar.gz')
      const restored = join(other.path, 'home')
      let before: { session: string; text: string }[]
      {
        await using gateway = await startGateway(home.path)
        await using client = await connect(home.path, gateway.address)
        await using writing = writer(client)
        await until(async () => writing.acknowledged.length > 300)
        before = [...writing.acknowledged]
        const made = await openclaw(home.path, 'backup', file)
        expect(made.err + made.out).toMatch(/has everything of .*: 10 sessions/)
        expect(made.code).toBe(0)
        expect(writing.failures).toEqual([])
        expect((await stat(file)).mode & 0o777).toBe(0o600)
        await gateway.kill()
      }
      const answer = await openclaw(home.path, 'restore', file, '--home', restored, '--json')
      expect(answer.code, answer.err).toBe(0)
      const report = JSON.parse(answer.out) as { whole: boolean; sessions: number; parked: number }
      expect(report).toMatchObject({ whole: true, sessions: 10 })
      expect((await openclaw(restored, 'sessions', 'verify')).code).toBe(0)

      await using gateway = await startGateway(restored)
      await using client = await connect(restored, gateway.address)
      const bySession = Map.groupBy(before, ({ session }) => session)
      for (const [session, messages] of bySession) {
        const said = await saidIn(client, session)
        expect(messages.map(({ text }) => text).filter((text) => !said.includes(text))).toEqual([])
        expect(new Set(said).size).toBe(said.length)
      }
      const { owed, waits } = await client.call('status', {})
      expect(owed).toMatchObject({ accepts: 0, parked: report.parked })
      expect(waits).toContain('restore finish')
      const { run } = await client.call('chat.send', { message: 'run echo still-here', idempotencyKey: 'again' })
      expect((await client.call('agent.wait', { run, timeoutMs: 30_000 })).text).toContain('still-here')
      for (const one of (await client.call('runs.parked', {})).runs.slice(0, 2)) {
        const resumed = await client.call('runs.resume', { run: one.run })
        expect((await client.call('agent.wait', { run: resumed.run, timeoutMs: 30_000 })).status).toBe('answered')
      }
    },
  )

  it('R6: a kill -9 in the middle of it leaves the earlier backup as it was', { timeout: 120_000 }, async () => {
    await using home = await temporaryHome()
    await using other = await temporaryHome()
    const file = join(other.path, 'backup.tar.gz')
    {
      await using gateway = await startGateway(home.path)
      await using client = await connect(home.path, gateway.address)
      const { run } = await client.call('chat.send', { message: 'remember me', idempotencyKey: 'k' })
      await client.call('agent.wait', { run, timeoutMs: 30_000 })
      expect((await openclaw(home.path, 'backup', file)).code).toBe(0)
      const first = await readFile(file)
      await mkdir(join(home.path, 'workspace'), { recursive: true })
      await writeFile(join(home.path, 'workspace', 'large.bin'), randomBytes(96 << 20))
      const second = openclaw(home.path, 'backup', file, '--force')
      await until(async () => (await beside(file)).some(({ bytes }) => bytes > 1 << 20))
      await gateway.kill()
      expect((await second).code).not.toBe(0)
      expect((await readFile(file)).equals(first)).toBe(true)
    }
    // With no gateway running it works as well, and clears away what the killed one left.
    expect((await openclaw(home.path, 'backup', file, '--force')).code).toBe(0)
    expect(await readdir(other.path)).toEqual(['backup.tar.gz'])
    const restored = join(other.path, 'home')
    expect((await openclaw(home.path, 'restore', file, '--home', restored)).code).toBe(0)
    expect((await stat(join(restored, 'workspace', 'large.bin'))).size).toBe(96 << 20)

    async function beside(of: string) {
      const names = (await readdir(dirname(of))).filter((name) => name.startsWith(`${basename(of)}.`))
      return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(dirname(of), name))).size })))
    }
  })

  it(
    'L5 R8: a restored gateway lets the old one have its accounts until its owner says that it is off',
    { timeout: 180_000 },
    async () => {
      await using home = await temporaryHome()
      await using other = await temporaryHome()
      await using telegram = await telegramEmulator()
      const file = join(other.path, 'backup.tar.gz')
      const restored = join(other.path, 'home')
      {
        await using _ = await startGateway(home.path)
        const add = ['channels', 'add', 'telegram', '--set', `apiRoot=${telegram.url}`, '--secret', 'token']
        expect((await give(home.path, telegram.token, ...add)).said).toContain('telegram/default is online')
        await telegram.says('hello')
        const code = /\b[A-HJ-NP-Z2-9]{8}\b/.exec((await telegram.waitSeen(1)).text)?.[0] ?? ''
        expect((await openclaw(home.path, 'pairing', 'approve', 'telegram', code, '--owner')).code).toBe(0)
        await telegram.waitSeen(2)
        await telegram.says('one')
        await telegram.waitSeen(3)
        const made = await give(home.path, passphrase, 'backup', file, '--credentials')
        expect(made.code, made.said).toBe(0)
        expect((await readFile(file)).includes(telegram.token)).toBe(false)

        const wrong = await give(home.path, 'guess', 'restore', file, '--home', restored)
        expect(wrong.said).toContain('the passphrase is not the one')
        expect(wrong.code).toBe(4)
        const answer = await give(home.path, passphrase, 'restore', file, '--home', restored)
        expect(answer.code, answer.said).toBe(0)
        expect(answer.said).toMatch(/plugins add \S*channel-telegram/)
        expect((await openclaw(restored, 'plugins', 'add', 'telegram', '--yes')).code).toBe(0)

        await using second = await startGateway(restored)
        const status = await openclaw(restored, 'status')
        expect(status.out).toMatch(/Problem .*restored from a backup of .*restore finish/)
        expect(status.out).toContain('Channel   telegram/default: stopped')
        expect((await openclaw(restored, 'doctor')).out).toContain('restore finish')
        expect((await openclaw(restored, 'channels', 'start', 'telegram')).code).toBe(6)
        // The old one still answers, alone.
        await telegram.says('two')
        await telegram.waitSeen(4)
        expect(telegram.links()).toMatchObject({ now: 1, most: 1 })
        expect(second.output()).not.toContain(telegram.token)
      }
      await using _ = await startGateway(restored)
      expect((await openclaw(restored, 'restore', 'finish')).code).toBe(1)
      const finished = await openclaw(restored, 'restore', 'finish', '--yes')
      expect(finished.code, finished.err).toBe(0)
      await telegram.says('three')
      await telegram.waitSeen(5)
      expect(telegram.links()).toMatchObject({ now: 1, most: 1 })
      // Each of the three was answered once, by one of the two.
      expect(telegram.sees().length).toBe(5)
    },
  )
})
