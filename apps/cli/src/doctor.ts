import { spawn } from 'node:child_process'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { link } from '@openclaw/client'
import { stdioTransport } from '@openclaw/client/node'
import type { AgentMethods } from '@openclaw/protocol'
import { audit } from './audit/audit.ts'
import type { Cli } from './cli.ts'
import { isHeld } from './gateway.ts'
import { readMark } from './home.ts'
import { findNpm } from './plugins/npm.ts'
import { cloneFolder, entryFile, version } from './program.ts'
import { openSettings } from './settings.ts'
import { openStored } from './stored.ts'
import { count } from './terminal.ts'

/** What one check found. */
export interface Finding {
  readonly about: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly found: string
  /** What to do about it; commands of ours stand in backticks. */
  readonly remedy?: string
}
type Check = (cli: Cli) => Promise<Finding[]>

const ok = (about: string, found: string): Finding[] => [{ about, state: 'ok', found }]
const warn = (about: string, found: string, remedy: string): Finding[] => [{ about, state: 'warn', found, remedy }]
const bad = (about: string, found: string, remedy: string): Finding[] => [{ about, state: 'bad', found, remedy }]
const usualPort = 18789
const gib = 2 ** 30

/** Every check, in the order of the report. Each changes nothing. */
export const checks: readonly Check[] = [
  program,
  home,
  security,
  disk,
  gateway,
  configuration,
  port,
  agentProcess,
  model,
  journals,
  plugins,
]

async function program(): Promise<Finding[]> {
  const clone = cloneFolder()
  const found = ok(
    'Program',
    `openclaw ${version}${clone ? ` in the clone ${clone}` : ''}, Node ${process.versions.node}`,
  )
  return findNpm()
    ? found
    : [
        ...found,
        ...warn('npm', 'not found', 'Plugins from npm need it: install Node from https://nodejs.org, which brings it.'),
      ]
}

async function home(cli: Cli): Promise<Finding[]> {
  const there = await stat(cli.home).catch(() => undefined)
  if (!there) {
    const parent = await existing(cli.home)
    return (await writable(parent))
      ? ok('Home', `${cli.home} does not exist yet; the first start makes it`)
      : bad(
          'Home',
          `${cli.home} cannot be made in ${parent}`,
          'Choose another folder with --home or OPENCLAW_HOME, or change the permissions of that one.',
        )
  }
  if (!there.isDirectory())
    return bad(
      'Home',
      `${cli.home} is not a folder`,
      'Move it away, or choose another folder with --home or OPENCLAW_HOME.',
    )
  return (await writable(cli.home))
    ? ok('Home', cli.home)
    : bad('Home', `${cli.home} cannot be written`, `Make it yours: chown -R "$USER" ${cli.quote(cli.home)}`)
}

/** What the audit finds that lets others in; what is only worth knowing stands in `security audit` itself. */
async function security(cli: Cli): Promise<Finding[]> {
  const findings = (await audit(cli, { deep: false })).filter(({ severity }) => severity !== 'low')
  if (findings.length === 0) return ok('Security', 'nothing found that lets others in')
  // One open folder is enough to know; the audit lists them all.
  const first = findings.filter(({ id }, at) => findings.findIndex((one) => one.id === id) === at)
  return first.flatMap(({ id, severity, found, remedy }) => {
    const more = findings.filter((one) => one.id === id).length - 1
    const say = severity === 'high' ? bad : warn
    return say('Security', `${found}${more > 0 ? `, and ${more} more` : ''} [${id}]`, remedy)
  })
}

async function disk(cli: Cli): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(await existing(cli.home))
  const free = bavail * bsize
  const found = `${(free / gib).toFixed(1)} GB free`
  if (free < 0.1 * gib) return bad('Disk', found, 'Make room: without it no message can be taken.')
  return free < gib ? warn('Disk', found, 'Make room soon: messages, media and logs are kept here.') : ok('Disk', found)
}

async function gateway(cli: Cli): Promise<Finding[]> {
  const mark = await readMark(cli.home)
  if (!mark) return ok('Gateway', 'none is running')
  if (!(await isHeld(cli.home, mark)))
    return warn(
      'Gateway',
      `process ${mark.pid} ended without saying so`,
      'Nothing is lost: the next start goes on where it ended: `openclaw`',
    )
  const connected = await cli.findGateway()
  if (!connected)
    return bad(
      'Gateway',
      `process ${mark.pid} does not answer`,
      'See what its window says, or end it and start again: `openclaw`',
    )
  const health = await connected.call('health', {})
  const { problems } = await connected.call('status', {})
  return [
    ...(health.ready
      ? ok('Gateway', `running at ${health.address}, process ${health.pid}, version ${health.version}`)
      : bad('Gateway', `not ready: ${health.reason ?? 'no reason was given'}`, 'See the log: `openclaw logs`')),
    ...problems.flatMap((problem) => warn('Problem', problem, 'More: `openclaw logs`')),
  ]
}

async function configuration(cli: Cli): Promise<Finding[]> {
  const settings = await openSettings(cli)
  const problems = await settings.check()
  if (problems.length === 0) return ok('Configuration', settings.file)
  return problems.map(({ path, message, suggestion }) => ({
    about: 'Configuration',
    state: 'bad' as const,
    found: `${path ? `${path}: ` : ''}${message}`,
    remedy: suggestion ?? `Correct it in ${settings.file}, then: \`openclaw config check\``,
  }))
}

/** Whether the port can be had. With a gateway of this home running it has it, which is as it should be. */
async function port(cli: Cli): Promise<Finding[]> {
  const mark = await readMark(cli.home)
  if (mark && (await isHeld(cli.home, mark))) return []
  const set = (await (await openSettings(cli)).get('gateway.port').catch(() => undefined))?.value
  const wanted = typeof set === 'number' ? set : usualPort
  const trouble = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(undefined)))
  })
  if (!trouble) return ok('Port', `${wanted} is free`)
  return bad(
    'Port',
    `${wanted} cannot be had (${trouble.code})`,
    trouble.code === 'EADDRINUSE'
      ? `Another program has it. Take another one: \`openclaw config set gateway.port ${wanted + 1}\``
      : 'Take a port above 1024: `openclaw config set gateway.port 18789`',
  )
}

async function agentProcess(): Promise<Finding[]> {
  const child = spawn(process.execPath, [entryFile, 'agent', '--rpc'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const begun = performance.now()
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    const wire = link<{ calls: AgentMethods }>(stdioTransport(child.stdout, child.stdin))
    const { memoryBytes } = await wire.call('ping', {}, { timeoutMs: 10_000 })
    wire.close()
    return ok(
      'Agent process',
      `starts in ${Math.round(performance.now() - begun)} ms with ${Math.round(memoryBytes / 2 ** 20)} MB`,
    )
  } catch (error) {
    return bad(
      'Agent process',
      `does not start: ${(error as Error).message}`,
      cloneFolder() ? 'Build it again, in the folder of the clone: npm start' : 'Install openclaw again.',
    )
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

async function model(cli: Cli): Promise<Finding[]> {
  const settings = await openSettings(cli)
  const agents = (await settings.get('agents').catch(() => undefined))?.value as
    | Record<string, { model?: string } | undefined>
    | undefined
  const main = agents?.['main']?.model
  return main
    ? ok('Model', main)
    : warn(
        'Model',
        'none is chosen, so the embedded provider answers',
        'Store a key and choose one: `openclaw models auth openai`, then `openclaw models list`',
      )
}

async function journals(cli: Cli): Promise<Finding[]> {
  const { whole, journals } = await (await openStored(cli)).verify()
  const lines = journals.reduce((sum, one) => sum + one.lines, 0)
  if (whole) return ok('Journals', `${count(journals.length, 'session')}, ${count(lines, 'line')}, all whole`)
  return warn(
    'Journals',
    'some lines are damaged; every intact one is kept and used',
    'Which: `openclaw sessions verify`',
  )
}

async function plugins(cli: Cli): Promise<Finding[]> {
  const connected = await cli.findGateway()
  if (!connected) return []
  const { plugins } = await connected.call('plugins.list', {})
  const parked = plugins.filter(({ state }) => state === 'parked')
  if (parked.length === 0) return ok('Plugins', plugins.map(({ id }) => id).join(', '))
  return parked.flatMap(({ id, reason }) =>
    warn('Plugin', `${id} is parked: ${reason ?? 'no reason was given'}`, `More: \`openclaw plugins inspect ${id}\``),
  )
}

async function existing(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await stat(folder).catch(() => undefined)) return folder
    if (folder === dirname(folder)) return folder
  }
}

async function writable(path: string): Promise<boolean> {
  return await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}
