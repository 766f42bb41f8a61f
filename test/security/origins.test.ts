import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, temporaryHome, type GatewayProcess } from '../e2e/gateway.ts'

const opened = new AsyncDisposableStack()
let browser: Browser
let gateway: GatewayProcess
/** A server of somebody else on this machine. */
let port: number
beforeAll(async () => {
  const home = opened.use(await temporaryHome())
  gateway = opened.use(await startGateway(home.path))
  const pages = createServer(
    (_, response) => void response.setHeader('content-type', 'text/html').end('<title>a page</title>'),
  )
  await new Promise<void>((resolve) => pages.listen(0, () => resolve()))
  opened.defer(() => void pages.close())
  port = (pages.address() as AddressInfo).port
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP rebound.example 127.0.0.1'],
  })
  opened.defer(() => browser.close())
})
afterAll(() => opened.disposeAsync())

/** What a page can do to an address: open a socket, and read an answer. */
async function tryFrom(page: string, target: string): Promise<{ socket: string; answer: string }> {
  const tab = await browser.newPage()
  try {
    await tab.goto(page)
    return await tab.evaluate(async (url) => {
      const socket = await new Promise<string>((resolve) => {
        const ws = new WebSocket(url.replace('http', 'ws'))
        ws.onopen = () => resolve('open')
        ws.onerror = () => resolve('refused')
      })
      const answer = await fetch(`${url}healthz`).then(
        (response) => String(response.status),
        () => 'refused',
      )
      return { socket, answer }
    }, target)
  } finally {
    await tab.close()
  }
}

test('S2: in a real browser only our own page opens a socket', async () => {
  const own = await tryFrom(`${gateway.address}control-ui/`, gateway.address)
  expect(own.socket).toBe('open')
  const others = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}/`)
  for (const page of [...others, 'data:text/html,<title>null</title>', `file://${import.meta.filename}`]) {
    expect(await tryFrom(page, gateway.address), page).toEqual({ socket: 'refused', answer: 'refused' })
  }
})

test('S2: a name that is rebound to this machine reaches nothing', async () => {
  const rebound = gateway.address.replace('127.0.0.1', 'rebound.example')
  expect(await tryFrom(`http://rebound.example:${port}/`, rebound)).toMatchObject({ socket: 'refused' })
  const tab = await browser.newPage()
  const answer = await tab.goto(`${rebound}control-ui/`)
  expect(answer?.status()).toBe(403)
  await tab.close()
})
