import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One published version: its package.json and its tarball. */
export interface Published {
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string }
  readonly tarball: string
}

export interface Registry extends AsyncDisposable {
  readonly url: string
  publish(published: Published): Promise<void>
  /** From now on, another tarball than was published is delivered under this name. */
  swap(name: string, tarball: string): Promise<void>
  /** Paths that were asked for. */
  readonly asked: readonly string[]
}

/**
 * What npm's client needs of a registry: package documents and tarballs
 * (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
 */
export async function startRegistry(): Promise<Registry> {
  const packages = new Map<string, Record<string, unknown>[]>()
  const tarballs = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1))
    asked.push(path)
    const tarball = tarballs.get(path)
    if (tarball) return void response.end(tarball)
    const versions = packages.get(path)
    response.setHeader('content-type', 'application/json')
    if (!versions) return void response.writeHead(404).end('{"error":"Not found"}')
    const latest = versions.at(-1) as { version: string }
    response.end(
      JSON.stringify({
        name: path,
        'dist-tags': { latest: latest.version },
        versions: Object.fromEntries(versions.map((one) => [one['version'], one])),
        maintainers: [{ name: 'acme-people', email: 'a@example.org' }],
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    asked,
    async publish({ manifest, tarball }) {
      const bytes = await readFile(tarball)
      const path = `${manifest.name}/-/${manifest.name.split('/').at(-1)}-${manifest.version}.tgz`
      tarballs.set(path, bytes)
      const dist = {
        tarball: `${url}${path}`,
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
        shasum: createHash('sha1').update(bytes).digest('hex'),
      }
      packages.set(manifest.name, [
        ...(packages.get(manifest.name) ?? []),
        { ...manifest, dist, _npmUser: { name: 'acme-bot', email: 'b@example.org' } },
      ])
    },
    async swap(name, tarball) {
      const bytes = await readFile(tarball)
      for (const path of tarballs.keys()) if (path.startsWith(`${name}/-/`)) tarballs.set(path, bytes)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
