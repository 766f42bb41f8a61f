import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

// The bare echo: reads each frame as JSON and answers with the params it came with.
const server = createServer((_, response) => response.end('{"ready":true}'))
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (ws) => {
  ws.on('message', (data: Buffer) => {
    const { id, params } = JSON.parse(data.toString())
    ws.send(JSON.stringify({ jsonrpc: '2.0', id, result: params }))
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
