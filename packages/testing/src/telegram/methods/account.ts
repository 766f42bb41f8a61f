import { refuse } from '../refusal.ts'
import type { Methods, Platform } from './method.ts'

interface MenuEntry {
  readonly command: string
  readonly description: string
}

/** Who we are, and our menu (https://core.telegram.org/bots/api#available-methods). */
export function accountMethods({ world, menus }: Platform): Methods {
  const scopeOf = (scope: { readonly type: string } | undefined) => scope?.type ?? 'default'
  return {
    getMe: () => ({
      ...world.bot,
      can_join_groups: true,
      can_read_all_group_messages: true,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
    }),
    setMyCommands(params) {
      const commands = params.json<MenuEntry[]>('commands') ?? []
      if (commands.length > 100) throw refuse(400, 'Bad Request: BOT_COMMANDS_TOO_MUCH')
      for (const { command, description } of commands) {
        if (!/^[a-z0-9_]{1,32}$/.test(command)) throw refuse(400, 'Bad Request: BOT_COMMAND_INVALID')
        if (description.length < 1 || description.length > 256)
          throw refuse(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID')
      }
      menus.set(scopeOf(params.json('scope')), commands)
      return true
    },
    getMyCommands: (params) => menus.get(scopeOf(params.json('scope'))) ?? [],
    deleteMyCommands(params) {
      menus.delete(scopeOf(params.json('scope')))
      return true
    },
  }
}
