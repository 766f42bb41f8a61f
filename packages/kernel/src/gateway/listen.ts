import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { failure, type Config } from '@openclaw/protocol'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { isLoopback } from './address.ts'
import type { AuthMode } from './auth.ts'
import type { Silent } from './silent.ts'
import type { Files } from '../platform.ts'

type GatewayConfig = NonNullable<Config['gateway']>

/** The address to listen on. Throws `invalid_config` for one that others reach while nobody is asked who they are. */
export function bindHost(config: GatewayConfig, mode: AuthMode): string {
  const { bind = 'loopback', host } = config
  if (bind === 'custom' && !host)
    throw failure('invalid_config', 'gateway.host is missing; bind "custom" needs the address to listen on')
  const chosen = bind === 'loopback' ? '127.0.0.1' : bind === 'lan' ? '0.0.0.0' : host!
  if (mode === 'none' && !isLoopback(chosen)) {
    throw failure(
      'invalid_config',
      `gateway.auth.mode is "none" and gateway.bind is "${bind}": everyone on the network could command this machine; set gateway.auth.mode to "token", or gateway.bind to "loopback"`,
    )
  }
  return chosen
}

/** A server that does not listen yet, with TLS when a certificate is configured. Strangers' sockets are counted. */
export async function openServer(
  answer: (request: Request, env: HttpBindings) => Promise<Response>,
  options: { readonly tls: GatewayConfig['tls']; readonly files: Files; readonly silent: Silent },
): Promise<Server> {
  const { tls, files, silent } = options
  const read = async (file: string) => {
    const bytes = await files.readBytes(file)
    if (!bytes) throw failure('invalid_config', `gateway.tls: there is no file ${file}; give the path of a PEM file`)
    return Buffer.from(bytes)
  }
  const plain = {
    fetch: (request: Request, env: unknown) => answer(request, env as HttpBindings),
    overrideGlobalObjects: false,
  }
  // Strangers are hurried by the count of silent sockets; node's own timers would only look every 30 seconds.
  const timing = { keepAliveTimeout: 5000, connectionsCheckingInterval: 60_000 }
  let server: Server
  if (tls) {
    const { createServer } = await import('node:https')
    const [cert, key] = await Promise.all([read(tls.cert), read(tls.key)])
    try {
      server = createAdaptorServer({
        ...plain,
        createServer,
        serverOptions: { ...timing, cert, key, minVersion: 'TLSv1.2' },
      }) as Server
    } catch (thrown) {
      throw failure(
        'invalid_config',
        `gateway.tls: the certificate and its key do not serve: ${(thrown as Error).message}`,
        { cause: thrown },
      )
    }
  } else {
    server = createAdaptorServer({ ...plain, serverOptions: timing }) as Server
  }
  server.on('connection', (socket: Socket) => silent.add(socket))
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    if (encoding === undefined && Number(length ?? 0) === 0) silent.busy(socket)
    else request.once('end', () => silent.busy(socket))
    response.once('close', () => silent.idle(socket))
  })
  return server
}

/** Listens, and says where. Throws `conflict` for a taken port, `invalid_config` for an address that is not ours. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'EADDRINUSE')
        return reject(
          failure(
            'conflict',
            `${host}:${port} is taken by another program; stop it, or set gateway.port in openclaw.json`,
            { cause: thrown },
          ),
        )
      if (thrown.code === 'EADDRNOTAVAIL' || thrown.code === 'ENOTFOUND')
        return reject(
          failure(
            'invalid_config',
            `${host} is no address of this machine; set gateway.host in openclaw.json to one that is`,
            { cause: thrown },
          ),
        )
      if (thrown.code === 'EACCES')
        return reject(
          failure('invalid_config', `port ${port} is not for ordinary users; set gateway.port to one above 1023`, {
            cause: thrown,
          }),
        )
      reject(thrown)
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

/** How people reach it: an address for all is shown as the local one. */
export function urlOf({ address, port }: Pick<AddressInfo, 'address' | 'port'>, tls: boolean): URL {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
  return new URL(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`)
}
