import type { Route } from '../http.ts'
import { refuseField } from '../model.ts'
import type { World } from '../world.ts'

/** How many sessions may still be started today: https://docs.discord.com/developers/events/gateway#session-start-limit-object */
export interface SessionStarts {
  readonly total: number
  remaining: number
}

/** https://docs.discord.com/developers/resources/application and the address of the gateway */
export function applicationRoutes(world: World, gateway: { url(): string; starts: SessionStarts }): Route[] {
  const { application } = world
  return [
    { method: 'GET', path: '/applications/@me', serve: () => application },
    { method: 'GET', path: '/gateway', open: true, serve: () => ({ url: gateway.url() }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      serve: () => ({
        url: gateway.url(),
        shards: 1,
        session_start_limit: { ...gateway.starts, reset_after: 14_400_000, max_concurrency: 1 },
      }),
    },
    { method: 'GET', path: `/applications/${application.id}/commands`, serve: () => world.commands },
    {
      method: 'PUT',
      path: `/applications/${application.id}/commands`,
      serve({ body }) {
        const commands = Object.values(body) as { name?: unknown; description?: unknown }[]
        for (const { name, description } of commands) {
          if (typeof name !== 'string' || !/^[-_\p{Ll}\p{N}]{1,32}$/u.test(name))
            refuseField('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
          if (typeof description !== 'string' || description.length < 1 || description.length > 100)
            refuseField('description', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.')
        }
        world.commands.splice(0, Infinity, ...commands.map((command) => ({ ...command, id: world.makeId() })))
        return world.commands
      },
    },
  ]
}
