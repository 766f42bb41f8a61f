import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'

// The bare server: what a gateway must at least load and open.
const app = new Hono()
app.get('/readyz', (context) => context.json({ ready: true }))
const server = serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' })
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data: Buffer) => ws.send(data.toString())))
})
