import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { expect, it } from 'vitest'
import { cleanEnv, openclaw, startGateway, temporaryHome } from './gateway.ts'

const bin = join(import.meta.dirname, '../../apps/cli/bin/openclaw.mjs')

/** Runs a command with something on its stdin; both outputs in the order in which they came. */
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

it(
  'A16 A22 A67: `channels add telegram` leads from nothing to an answer in Telegram',
  { timeout: 120_000 },
  async () => {
    await using home = await temporaryHome()
    await using telegram = await telegramEmulator()
    await using gateway = await startGateway(home.path)
    const add = ['channels', 'add', 'telegram', '--set', `apiRoot=${telegram.url}`]

    const refused = await give(home.path, String(telegram.refused?.['token']), ...add)
    expect(refused.code).toBe(1)
    expect(refused.said).toMatch(/Network {5}api\.telegram\.org[^]*telegram\/default is parked: .*@BotFather/)

    const added = await give(home.path, telegram.token, ...add, '--secret', 'token')
    expect(added.said).toMatch(/telegram\/default is online: @openclaw_bot \(\d+ ms\)/)
    expect(added.code).toBe(0)
    expect(await readFile(join(home.path, 'openclaw.json'), 'utf8')).not.toContain(telegram.token)
    const probed = await openclaw(home.path, 'channels', 'status', '--probe')
    expect(probed.out).toMatch(/telegram\/default +online .*@openclaw_bot/)

    // What it says to do next is what one does next.
    await telegram.says('hello')
    const code = /\b[A-HJ-NP-Z2-9]{8}\b/.exec((await telegram.waitSeen(1)).text)?.[0] ?? ''
    expect((await openclaw(home.path, 'pairing', 'approve', 'telegram', code, '--owner')).code).toBe(0)
    await telegram.waitSeen(2)
    await telegram.says('hello again')
    expect((await telegram.waitSeen(3)).text).toContain('No model is configured')

    // A group is found by what wrote in it, and let in by its id, which begins with a minus.
    await telegram.says('hello from the garden', { in: telegram.group!, mention: true })
    await telegram.acknowledged()
    const groups = await openclaw(home.path, 'channels', 'groups')
    expect(groups.out).toMatch(new RegExp(`^telegram +${telegram.group.id} .*not let in`, 'm'))
    expect((await openclaw(home.path, 'channels', 'allow', 'telegram', telegram.group.id)).code).toBe(0)
    const before = telegram.sees().length
    await telegram.says('and now?', { in: telegram.group, mention: true })
    expect((await telegram.waitSeen(before + 1)).peer).toEqual(telegram.group)

    expect((await openclaw(home.path, 'channels', 'remove', 'telegram', '--yes')).code).toBe(0)
    expect(gateway.output()).not.toContain(telegram.token)
    expect(telegram.links()).toMatchObject({ now: 0, most: 1 })
  },
)
