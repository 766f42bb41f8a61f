import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '@openclaw/sdk'
import { testPlatform } from '@openclaw/testing'
import { openConfiguration } from '../../src/config/open.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import type { BundledPlugin, GatewayAccess } from '../../src/plugins/host.ts'
import { openPlugins } from '../../src/plugins/open.ts'
import { keepingLog, temporaryFolder } from '../storage.ts'

/** A package.json field and the modules of a plugin that comes with the program. */
export function bundled(id: string, load: BundledPlugin['load'], manifest: object = {}): BundledPlugin {
  const hooks = Object.fromEntries(
    Object.keys(load)
      .filter((part) => part !== 'config')
      .map((hook) => [hook, `./${hook}`]),
  )
  const config = load.config ? { config: './config' } : {}
  return {
    package: {
      name: `@openclaw/${id}`,
      version: '1.0.0',
      openclaw: { id, label: id, api: 1, hooks, ...config, ...manifest },
    },
    load,
  }
}

/** Plugins over a real home. */
export async function openHouse(
  plugins: readonly BundledPlugin[],
  options: {
    config?: object
    /** Ids of installed plugins that run in this process, so that a test need not start one for each. */
    trusted?: readonly string[]
    log?: Log
    access?: Partial<GatewayAccess>
    env?: Record<string, string>
  } = {},
) {
  const folder = await temporaryFolder()
  const home = folder.path
  const platform = { ...testPlatform(home), env: options.env ?? {} }
  const log = keepingLog()
  const rules = Object.fromEntries((options.trusted ?? []).map((id) => [id, { isolation: 'none' }]))
  const config = { ...(options.trusted ? { plugins: rules } : {}), ...options.config }
  await writeFile(join(home, 'openclaw.json'), JSON.stringify(config))
  const configuration = await openConfiguration({ file: join(home, 'openclaw.json'), platform, log, watch: false })
  const secrets = openSecrets({ folder: join(home, 'credentials'), platform, log })
  const access: GatewayAccess = {
    address: () => new URL('http://127.0.0.1:1/'),
    on: () => ({ [Symbol.dispose]: () => {} }),
    call: async () => undefined,
    ...options.access,
  }
  const hosted = openPlugins({ home, platform, bundled: plugins, configuration, secrets, log, access })
  return {
    home,
    platform,
    log,
    configuration,
    secrets,
    plugins: hosted,
    /** The row of one plugin in `plugins.list`. */
    row(id: string) {
      const row = hosted.list().find((one) => one.id === id)
      if (!row) throw new Error(`no plugin ${id}`)
      return row
    },
    async begin() {
      await hosted.find()
      await hosted.start()
    },
    async [Symbol.asyncDispose]() {
      await hosted[Symbol.asyncDispose]()
      await configuration[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Writes a package into `plugins/node_modules` of a home, and returns its folder. */
export async function install(
  home: string,
  name: string,
  about: object,
  files: Record<string, string> = {},
): Promise<string> {
  const folder = join(home, 'plugins', 'node_modules', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', ...about }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** Writes the `package.json` of the plugins folder. */
export async function depend(home: string, dependencies: Record<string, string>): Promise<void> {
  await mkdir(join(home, 'plugins'), { recursive: true })
  await writeFile(join(home, 'plugins', 'package.json'), JSON.stringify({ private: true, dependencies }))
}
