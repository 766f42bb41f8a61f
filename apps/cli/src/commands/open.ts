import { defineCommand } from '../command.ts'
import { openBrowser } from '../browser.ts'

export const open = defineCommand({
  options: { print: { type: 'boolean', about: 'Only print the link' } },
  details: 'The link works once, for ten minutes, in any browser that reaches the gateway.',
  example: '--print',
  async run({ print }, cli) {
    const gateway = await cli.gateway()
    const link = await gateway.call('links.create', {})
    const opened = !print && !cli.json && (await openBrowser(link.url, cli.home))
    return {
      value: link,
      text: print
        ? link.url
        : opened
          ? `Opening the chat page. If nothing appears, open this link: ${link.url}`
          : `Open this link: ${link.url}`,
      ...(print ? {} : { next: ['A fresh link whenever you need one', 'open'] }),
    }
  },
})
