import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { failure } from '@openclaw/protocol'

/** How one run of npm ended. */
export interface NpmResult {
  readonly code: number
  readonly stdout: string
  /** What npm said was wrong, in a few lines. */
  readonly reason: string
}

const windows = process.platform === 'win32'
// Given with every call, so that no configuration can turn them round.
const always = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
  '--no-workspaces',
  '--global=false',
]

/**
 * Runs npm in a folder of ours, with no scripts of any package. The person's own configuration (registry, proxy,
 * tokens) holds; a configuration file of the folder one happens to be in does not.
 */
export async function runNpm(args: readonly string[], folder: string, signal?: AbortSignal): Promise<NpmResult> {
  const file = findNpm()
  if (!file)
    throw failure(
      'unavailable',
      `npm was not found beside ${process.execPath} nor on the PATH. Install Node from https://nodejs.org, which brings it.`,
    )
  const child = spawn(process.execPath, [file, ...args, ...always, `--prefix=${folder}`], {
    cwd: folder,
    env: npmEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return await new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        signal?.aborted
          ? failure('aborted', 'Stopped.')
          : failure('unavailable', `npm does not start: ${error.message}`),
      ),
    )
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, reason: explain(stderr) }))
  })
}

/** npm's own JavaScript file: beside the running Node, else what the PATH names. Folders relative to here do not count. */
export function findNpm(
  execPath = process.execPath,
  path = process.env['PATH'] ?? process.env['Path'] ?? '',
): string | undefined {
  const bin = dirname(execPath)
  const inside = ['npm', 'bin', 'npm-cli.js']
  const beside = windows ? join(bin, 'node_modules', ...inside) : join(dirname(bin), 'lib', 'node_modules', ...inside)
  if (existsSync(beside)) return beside
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const file = windows ? join(folder, 'node_modules', ...inside) : join(folder, 'npm')
    if (!existsSync(file)) continue
    const real = realpathSync(file)
    if (real.endsWith('npm-cli.js')) return real
    // Debian and others put a small program there; npm stands in one of the usual places then.
    const usual = [
      join(dirname(folder), 'lib', 'node_modules', ...inside),
      join(dirname(folder), 'share', 'nodejs', ...inside),
    ].find((one) => existsSync(one))
    if (usual) return usual
  }
  return undefined
}

/**
 * The environment for npm. When npm itself started us (`npx openclaw`), it has put what an `.npmrc` of the current
 * folder says into variables: those go, since that folder may be anybody's.
 */
function npmEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env }
  const foreign = new Set([...folderSettings(env['npm_config_local_prefix']), ...fixed])
  for (const name of Object.keys(env)) {
    const setting = /^npm_config_(.+)$/.exec(name)?.[1]
    if (setting !== undefined && foreign.has(plain(setting))) delete env[name]
    if (/^npm_(package|lifecycle)_/.test(name)) delete env[name]
  }
  return env
}

/** Set by us with every call, or never ours to take over. */
const fixed = [
  'prefix',
  'localprefix',
  'globalprefix',
  'global',
  'ignorescripts',
  'workspace',
  'workspaces',
  'location',
  'nodeoptions',
  'scriptshell',
  'dryrun',
]

/** The names that the `.npmrc` of a folder sets, unless it is the person's own. */
function folderSettings(folder: string | undefined): string[] {
  const file = folder && folder !== homedir() ? join(folder, '.npmrc') : undefined
  if (!file || !existsSync(file)) return []
  return [...readFileSync(file, 'utf8').matchAll(/^\s*([^#;=\s][^=]*?)\s*(?:\[\])?\s*=/gm)].map((match) =>
    plain(match[1] ?? ''),
  )
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '')

function explain(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|warn|ERR!|WARN)\s*/i, '').trim())
    .filter((line) => line !== '' && !/complete log|debug-0\.log/.test(line))
  return lines.slice(0, 6).join('\n  ') || 'npm gave no reason'
}
