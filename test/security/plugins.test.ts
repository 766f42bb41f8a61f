import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MethodTable } from '@openclaw/protocol'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../plugins')
const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'package.json')))

interface Manifest {
  readonly openclaw: {
    readonly id: string
    readonly hooks: Readonly<Record<string, string>>
    readonly permissions: {
      readonly network?: readonly string[]
      readonly methods?: readonly string[]
      readonly public?: boolean
    }
  }
}
const manifests = folders.map(
  (name) => [name, JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as Manifest] as const,
)

it('S3: every method that a plugin of ours adds has a row, with the right that is served', async () => {
  const files = folders.map((name) => join(root, name, 'src/methods.ts')).filter(existsSync)
  const tables = await Promise.all(
    files.map(async (file) => ((await import(pathToFileURL(file).href)) as { methods: MethodTable }).methods),
  )
  expect(Object.fromEntries(tables.flatMap((table) => Object.entries(table).map(([name, { right }]) => [name, right]))))
    .toMatchInlineSnapshot(`
    {
      "cron.add": "write",
      "cron.edit": "write",
      "cron.history": "read",
      "cron.list": "read",
      "cron.remove": "write",
      "cron.run": "write",
      "mcp.list": "admin",
      "mcp.test": "admin",
    }
  `)
})

it('S19: the plugins that may answer over http are these, and behind auth but for the one whose page signs people in', () => {
  const gateways = manifests.filter(([, { openclaw }]) => openclaw.hooks['gateway'] !== undefined)
  expect(
    Object.fromEntries(
      gateways.map(([name, { openclaw }]) => [name, openclaw.permissions.public ? 'public' : 'behind auth']),
    ),
  ).toMatchInlineSnapshot(`
    {
      "gateway-control-ui": "public",
      "gateway-sandbox-bubblewrap": "behind auth",
      "gateway-sandbox-docker": "behind auth",
      "tool-cron": "behind auth",
      "tool-mcp": "behind auth",
    }
  `)
})

it('S12: the gateway methods that tools of ours may call are these', () => {
  const methods = manifests.map(([name, { openclaw }]) => [name, openclaw.permissions.methods ?? []] as const)
  expect(Object.fromEntries(methods.filter(([, list]) => list.length > 0))).toMatchInlineSnapshot(`
    {
      "tool-cron": [
        "agent",
        "agent.wait",
        "access.standing",
        "cron.list",
        "cron.add",
        "cron.edit",
        "cron.remove",
        "cron.run",
        "cron.history",
      ],
      "tool-gateway": [
        "status",
        "config.get",
        "config.set",
        "gateway.restart",
      ],
      "tool-message": [
        "messages.send",
        "messages.react",
        "messages.edit",
        "messages.delete",
      ],
      "tool-sessions": [
        "sessions.list",
        "sessions.get",
        "sessions.spawn",
        "sessions.send",
        "chat.history",
      ],
    }
  `)
})
