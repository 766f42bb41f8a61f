import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, start, startGateway, temporary } from './run.ts'

/** One gateway for what only reads or adds; the others start their own. */
let home: Awaited<ReturnType<typeof temporary>>
let gateway: Awaited<ReturnType<typeof startGateway>>
const session = 'agent:main:local:default:owner'

beforeAll(async () => {
  home = await temporary()
  gateway = await startGateway(home.path)
})
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  await home?.[Symbol.asyncDispose]()
})
const openclaw = (args: readonly string[], input?: string) =>
  run([...args, '--home', home.path], input === undefined ? {} : { input })
async function json(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await openclaw([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('a running gateway', () => {
  it('says where to chat, once', () => {
    expect(gateway.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/control-ui\/#link=[\w-]{22}$/)
    expect(gateway.stderr()).toBe('')
  })

  it('is attached to by openclaw alone, with a fresh link', async () => {
    const answer = await json([])
    expect(answer).toMatchObject({ attached: true, address: gateway.address, pid: gateway.child.pid, home: home.path })
    expect(answer['link']).not.toBe(gateway.link)
    const { stdout, stderr } = await openclaw([])
    expect(stdout).toMatch(/already running at .*\nChat here: http/)
    expect(stderr).toMatch(/openclaw open --home \S+\n$/)
  })

  it('gives out links that only print when asked to', async () => {
    const { code, stdout, stderr } = await openclaw(['open', '--print'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^http\S+#link=\S+\n$/)
    expect(stderr).toBe('')
  })

  it.each([
    ['status', { home: 'string', model: 'string', owed: 'object' }],
    ['health', { ready: 'boolean', pid: 'number' }],
    ['sessions list', { sessions: 'object', total: 'number' }],
    ['sessions verify', { whole: 'boolean', journals: 'object' }],
    ['channels list', { channels: 'object' }],
    ['channels status', { accounts: 'object' }],
    ['pairing list', { requests: 'object' }],
    ['approvals list', { approvals: 'object' }],
    ['agents list', { agents: 'object' }],
    ['models list', { current: 'string', models: 'object' }],
    ['plugins list', { plugins: 'object' }],
    ['plugins inspect files', { id: 'string', holds: 'object' }],
    ['config get', { file: 'string', hash: 'string', value: 'object' }],
    ['config check', { ok: 'boolean', problems: 'object' }],
    ['config schema', { type: 'string', properties: 'object' }],
    ['config path', { file: 'string' }],
    ['route explain telegram user123', { agent: 'string', session: 'string', steps: 'object' }],
    ['deliveries list', { deliveries: 'object' }],
    ['tokens list', { tokens: 'object' }],
    ['logs', { cursor: 'string', lines: 'object' }],
    ['doctor', { ok: 'boolean', findings: 'object' }],
    ['security audit --deep', { ok: 'boolean', checks: 'number', findings: 'object', fixed: 'object' }],
    ['models test offline/assistant', { ok: 'boolean', ms: 'number' }],
    ['help status', { help: 'string' }],
  ])('%s --json answers with one value of its shape', async (line, shape) => {
    const answer = await json(line.split(' '))
    for (const [key, type] of Object.entries(shape)) expect(typeof answer[key], key).toBe(type)
  })

  it.each([
    'status',
    'health',
    'sessions list',
    'plugins list',
    'models list',
    'tokens list',
    'config get',
    'doctor',
    'security audit',
  ])('%s ends in a next step that can be pasted, and uses no colours in a pipe', async (line) => {
    const { stdout, stderr } = await openclaw(line.split(' '))
    expect(stdout.length).toBeGreaterThan(0)
    expect(stdout + stderr).not.toContain('\u001b')
    const [, command] = /: (?:npx openclaw|node \S+|openclaw) (.*)\n$/.exec(stderr) ?? []
    expect(command).toMatch(new RegExp(`--home ${home.path}$`))
  })

  it.each([
    [['sessions', 'show', 'agent:main:nobody:default:x'], 5, 'not_found'],
    [['plugins', 'inspect', 'nothing'], 5, 'not_found'],
    [['tokens', 'revoke', 'nothing'], 5, 'not_found'],
    [['pairing', 'approve', 'telegram', 'ABCDEFGH'], 5, 'not_found'],
    [['cron', 'list'], 5, 'not_found'],
    [['cron', 'add', 'x', 'y', '--in', '5m', '--to', 'nowhere'], 2, 'invalid_params'],
    [['tokens', 'create', 'x', '--rights', 'fly'], 2, 'invalid_params'],
    [['config', 'set', 'gateway.port', 'many'], 7, 'invalid_config'],
    [['sessions', 'delete', session], 1, 'aborted'],
    [['agent', '--local', '-m', 'hi'], 6, 'conflict'],
    [['gateway', '--port', '0'], 6, 'conflict'],
    [['chat'], 1, 'unsupported'],
  ])('%j fails with %i and says so as one value', async (args, code, failure) => {
    const ended = await openclaw([...args, '--json'])
    expect(ended.code).toBe(code)
    const { error } = JSON.parse(ended.stdout) as { error: { code: string; message: string } }
    expect(error.code).toBe(failure)
    expect(error.message.length).toBeGreaterThan(10)
    const plain = await openclaw(args)
    if (args[0] !== 'chat') expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code, stdout: '' })
  })

  it('answers through the agent, and every layer is exercised: a typed command runs a tool', async () => {
    const { code, stdout, stderr } = await openclaw(['agent', '-m', 'run echo through-all-layers'])
    expect(code).toBe(0)
    expect(stdout).toContain('through-all-layers')
    expect(stderr).toMatch(/→ bash/)
  })

  it('reads what to say from stdin, and answers as one value', async () => {
    const { code, stdout } = await openclaw(['agent', '--json'], 'tools\n')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'answered',
      session,
      text: expect.stringContaining('bash') as string,
    })
  })

  it('keeps a conversation of a pipe in order', async () => {
    const { code, stdout } = await openclaw(['chat'], 'run echo one\nrun echo two\n/model\n/new\nrun echo three\n')
    expect(code).toBe(0)
    expect(stdout.replaceAll(/[^a-z]+/g, ' ').trim()).toBe('one two three')
  })

  it('shows, resets, erases and deletes sessions', async () => {
    const own = 'agent:main:local:default:owner:thread:cli-test'
    await json(['agent', '-m', 'run echo secret-word', '--session', own])
    const shown = await openclaw(['sessions', 'show', own])
    expect(shown.stdout).toMatch(/user {2}run echo secret-word\n(.*\n)*.*bash {2}secret-word/)
    expect(await json(['sessions', 'reset', own])).toMatchObject({ key: own })
    expect(await json(['sessions', 'erase', own, '--yes'])).toMatchObject({ erased: expect.any(Number) as number })
    expect((await openclaw(['sessions', 'show', own])).stdout).not.toContain('secret-word')
    expect(await json(['sessions', 'verify', own])).toMatchObject({ whole: true })
    await json(['sessions', 'delete', own, '--yes'])
    expect((await openclaw(['sessions', 'show', own])).code).toBe(5)
  })

  it('makes tokens that are shown once and can be ended', async () => {
    const { token, info } = (await json(['tokens', 'create', 'phone', '--rights', 'read', '--days', '1'])) as {
      token: string
      info: { id: string; rights: string[] }
    }
    expect(info.rights).toEqual(['read'])
    expect(JSON.stringify(await json(['tokens', 'list']))).not.toContain(token)
    expect(JSON.stringify(await json(['tokens', 'rotate', info.id]))).not.toContain(token)
    await json(['tokens', 'revoke', info.id])
    expect(JSON.stringify(await json(['tokens', 'list']))).not.toContain(info.id)
  })

  it('S14: a key is read from stdin and stands in no answer, no log and not in openclaw.json', async () => {
    const key = 'sk-canary-0123456789'
    const { code, stdout } = await openclaw(['models', 'auth', 'openai', '--url', 'http://127.0.0.1:9/v1'], `${key}\n`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'openai: the key is stored.\n' })
    const said = await Promise.all([
      openclaw(['config', 'get', '--json']),
      openclaw(['models', 'list', '--json']),
      openclaw(['logs', '--json']),
    ])
    expect(said.map(({ stdout }) => stdout).join()).not.toContain(key)
    expect(await readFile(join(home.path, 'openclaw.json'), 'utf8')).not.toContain(key)
    expect((await openclaw(['models', 'auth', 'openai'], '')).code).toBe(2)
  })

  it('changes one key and keeps the comments', async () => {
    await json(['config', 'set', 'logs.level', 'warn'])
    const file = join(home.path, 'openclaw.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('{', '{ // mine\n'))
    expect(await json(['config', 'set', 'logs.maxMb', '7'])).toMatchObject({ applied: 'now' })
    expect(await readFile(file, 'utf8')).toContain('// mine')
    expect(await json(['config', 'get', 'logs.maxMb'])).toMatchObject({ value: 7 })
    await json(['config', 'set', 'logs.maxMb', '--remove'])
    expect((await openclaw(['config', 'get', 'logs.maxMb'])).code).toBe(5)
  })
})

describe('the life of a gateway in the foreground', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in order, and the home is free again', async (signal) => {
    await using own = await temporary()
    await using one = await startGateway(own.path)
    one.child.kill(signal)
    expect((await one.ended).code).toBe(0)
    expect((await run(['status', '--home', own.path])).code).toBe(3)
    await using again = await startGateway(own.path)
    expect(again.address).not.toBe('')
  })

  it('starts again in the same process when it is asked to', async () => {
    await using own = await temporary()
    await using one = await startGateway(own.path)
    expect((await run(['gateway', 'restart', '--home', own.path])).code).toBe(0)
    await one.untilError(/runs again at http/)
    const health = JSON.parse((await run(['health', '--json', '--home', own.path])).stdout) as { pid: number }
    expect(health.pid).toBe(one.child.pid)
  })

  it('openclaw alone starts it when none runs, and says in words where to chat', async () => {
    await using own = await temporary()
    const one = start(['--port', '0', '--home', own.path])
    await one.until(/Another link: .*openclaw open --home/)
    expect(one.stdout()).toMatch(
      /^OpenClaw \S+ is running at http\S+\nChat here: http\S+#link=\S+\nThe link works once, for ten minutes\. OpenClaw runs while this window is open; Ctrl-C stops it\.\n/,
    )
    expect((await stat(own.path)).mode & 0o077).toBe(0)
    one.child.kill('SIGINT')
    expect((await one.ended).code).toBe(0)
  })

  it('S5: after kill -9, our token does not go to who has the port by then', async () => {
    await using own = await temporary()
    let heard = ''
    const stranger = createServer((request, response) => {
      heard += `${request.url} ${JSON.stringify(request.headers)}`
      response.end()
    }).on('upgrade', (request, socket) => {
      heard += `${request.url} ${JSON.stringify(request.headers)}`
      socket.on('data', (data) => (heard += String(data)))
    })
    await using one = await startGateway(own.path)
    one.child.kill('SIGKILL')
    await one.ended
    await new Promise<void>((resolve) => stranger.listen(Number(new URL(one.address).port), '127.0.0.1', resolve))
    try {
      expect((await run(['status', '--home', own.path])).code).toBe(3)
      // Its process id may be somebody else's as well.
      const mark = join(own.path, 'gateway.json')
      await writeFile(
        mark,
        JSON.stringify({ ...(JSON.parse(await readFile(mark, 'utf8')) as object), pid: process.pid }),
      )
      expect((await run(['status', '--home', own.path])).code).toBe(3)
      expect(heard).toBe('')
    } finally {
      await new Promise((resolve) => stranger.close(resolve))
    }
  })

  it('says that it is not let in when the token is another', async () => {
    await using own = await temporary()
    await using _ = await startGateway(own.path)
    await writeFile(join(own.path, 'credentials', 'local.token'), 'oc.local.wrong')
    const { code, stdout } = await run(['status', '--json', '--home', own.path])
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unauthorized' } })
  })
})
