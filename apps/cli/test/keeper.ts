import { execFileSync } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { findNpm } from '../src/plugins/npm.ts'
import type { Published } from './registry.ts'

/** The platform of the channel in `gate/`: it knows who holds the good token. */
export async function startKeeper(token: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end()
    response.end(JSON.stringify({ name: '@gate' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Packs that channel as a registry would have it. */
export async function packGate(folder: string, name = '@openclaw/channel-gate'): Promise<Published> {
  const place = join(folder, 'gate-source')
  await cp(join(import.meta.dirname, 'gate'), place, { recursive: true })
  const manifest = {
    name,
    version: '1.0.0',
    license: 'MIT',
    type: 'module',
    exports: { './channel': './channel.js', './config': './config.js' },
    openclaw: {
      id: 'gate',
      label: 'Gate',
      api: 1,
      hooks: { channel: './channel' },
      config: './config',
      permissions: { network: ['*'], methods: [] },
    },
  }
  await writeFile(join(place, 'package.json'), JSON.stringify(manifest))
  const packed = execFileSync(process.execPath, [findNpm() ?? '', 'pack', '--ignore-scripts', '--silent'], {
    cwd: place,
    encoding: 'utf8',
  }).trim()
  return { manifest, tarball: join(place, packed) }
}
