import type { Command } from '@openclaw/sdk'
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type APIChatInputApplicationCommandInteractionData,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js'

/** The one option of our commands. */
const option = 'args'

/** Commands as Discord's menu wants them: https://docs.discord.com/developers/interactions/application-commands */
export function commandsOf(commands: readonly Command[]): RESTPutAPIApplicationCommandsJSONBody {
  return commands.map(({ name, about, argument }) => ({
    type: ApplicationCommandType.ChatInput,
    name,
    description: about.slice(0, 100),
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options:
      argument === undefined
        ? []
        : [{ type: ApplicationCommandOptionType.String, name: option, description: argument.slice(0, 100) }],
  }))
}

/** What somebody chose from the menu, as they would have typed it. */
export function typedOf(data: Pick<APIChatInputApplicationCommandInteractionData, 'name' | 'options'>): string {
  const given = data.options?.find(({ name }) => name === option)
  const value = given && 'value' in given ? String(given.value).trim() : ''
  return value ? `/${data.name} ${value}` : `/${data.name}`
}
