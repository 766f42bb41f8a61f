import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gatewayPlugin, testKernel } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'

/** Everything that answers http, and nothing else does. A new route is a decision: it is added here with its reason. */
const frozen = {
  '/': 'leads to the front page',
  '/healthz': 'the process is alive; says nothing more',
  '/readyz': 'messages are taken and stored',
  '/webhooks/:channel/:account': 'only while the account serves one; its signature is checked first',
  '/:id/*': 'what a gateway plugin serves, behind auth unless its manifest says public',
}

/** Ways in which other gateways let an agent or a tool be run over http. Ours has none. */
const agentRoutes = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/models',
  '/v1/embeddings',
  '/tools/invoke',
  '/api/tools/invoke',
  '/hooks/agent',
  '/hooks/wake',
  '/api/channels/fake',
  '/canvas/ws',
  '/rpc',
  '/webhooks/fake/default',
  '/webhooks/fake',
  '/webhooks/../tools/invoke',
]

describe('http', () => {
  it('S19 A92: runs no agent and no tool: what is not on the frozen list is denied, with a token and without', async () => {
    const seen: string[] = []
    const echo = gatewayPlugin('echo', {
      fetch: (request) => {
        seen.push(new URL(request.url).pathname)
        return new Response('mine')
      },
    })
    await using house = await testKernel({ listen: true, plugins: [echo] })
    const token = (await readFile(join(house.home, 'credentials', 'local.token'), 'utf8')).trim()
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(new URL(path, house.kernel.address), { redirect: 'manual', ...init })
      await answer.body?.cancel()
      return answer.status
    }
    const authorization = { authorization: `Bearer ${token}` }
    for (const path of agentRoutes) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        expect([401, 404, 405], `${method} ${path}`).toContain(await ask(path, { method }))
        expect([404, 405], `${method} ${path} with a token`).toContain(
          await ask(path, { method, headers: authorization }),
        )
      }
    }
    expect(house.model.requests.length).toBe(0)

    expect(Object.keys(frozen)).toMatchInlineSnapshot(`
      [
        "/",
        "/healthz",
        "/readyz",
        "/webhooks/:channel/:account",
        "/:id/*",
      ]
    `)
    expect(await ask('/healthz')).toBe(200)
    expect(await ask('/readyz')).toBe(200)
    // A plugin's page is behind auth.
    expect(await ask('/echo/page')).toBe(401)
    expect(seen).toEqual([])
    expect(await ask('/echo/page', { headers: authorization })).toBe(200)
    expect(await ask('/echo/page', { headers: { 'x-gateway-token': token } })).toBe(200)
    expect(seen).toEqual(['/echo/page', '/echo/page'])
  })
})
