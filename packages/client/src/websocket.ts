import { failure } from '@openclaw/protocol'
import { inbox, type Transport } from './transport.ts'

/**
 * A transport over the platform's own WebSocket (browsers, Node 22 and later). Resolves once it is open; rejects with
 * `unavailable` when nobody answers there.
 */
export function webSocketTransport(url: string | URL): Promise<Transport> {
  const address = new URL(url)
  address.protocol = address.protocol.replace('http', 'ws')
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(address)
    const { onMessage, onClose, arrive, end } = inbox()
    ws.onopen = () =>
      resolve({
        onMessage,
        onClose,
        send: (text) => void (ws.readyState === ws.OPEN && ws.send(text)),
        close: () => ws.close(1000),
      })
    ws.onmessage = ({ data }) => arrive(String(data))
    ws.onclose = ({ code, reason }) => {
      const why = failure(
        'unavailable',
        reason
          ? `the gateway closed the socket: ${reason}`
          : code === 1000
            ? 'the socket was closed'
            : `the socket to ${address.host} broke`,
      )
      reject(
        failure(
          'unavailable',
          `no gateway answers at ${address.origin.replace('ws', 'http')}; start it with \`openclaw\``,
        ),
      )
      end(why)
    }
  })
}
