import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A registry of one image on this machine, to be pulled from. */
export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, with which the image's name begins. */
  readonly address: string
  /** How often the image was asked for. */
  readonly pulls: number
  /** The image is what `podman push IMAGE dir:FOLDER` left in a folder: its manifest, and its parts by their digests. */
  serve(folder: string): void
}

/** Opens one, without TLS (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull). */
export async function openRegistry(): Promise<Registry> {
  let folder: string | undefined
  let pulls = 0

  async function answer(url: string, response: ServerResponse): Promise<void> {
    const [, kind, reference = ''] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(url) ?? []
    if (url === '/v2/') return void response.end('{}')
    if (kind === undefined || folder === undefined) return void response.writeHead(404).end()
    if (kind === 'manifests') {
      const bytes = await readFile(join(folder, 'manifest.json'))
      const { mediaType } = JSON.parse(bytes.toString()) as { mediaType: string }
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      pulls++
      response.writeHead(200, { 'content-type': mediaType, 'docker-content-digest': digest }).end(bytes)
      return
    }
    const file = join(folder, reference.replace(/^sha256:/, ''))
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': (await stat(file)).size })
    createReadStream(file).pipe(response)
  }

  const server = createServer(({ url = '' }, response) => {
    answer(url, response).catch(() => response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get pulls() {
      return pulls
    },
    serve(served) {
      folder = served
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
