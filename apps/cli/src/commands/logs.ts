import { defineCommand } from '../command.ts'
import { readLogs } from '../logs.ts'
import { printable } from '../terminal.ts'

const waitMs = 500

export const logs = defineCommand({
  options: {
    follow: { type: 'boolean', short: 'f', about: 'Print what comes, until Ctrl-C' },
    limit: { type: 'number', short: 'n', about: 'How many lines; 100 when absent' },
  },
  details: 'Logs hold no message text. With --follow --json, every line is a JSON value of its own.',
  example: '--follow',
  async run({ follow, limit }, cli) {
    const most = Math.max(1, Math.min(5000, limit ?? 100))
    const read = await readLogs(cli)
    let page = await read(undefined, most)
    if (!follow) return { value: page, text: page.lines.map(printable), next: ['Print what comes', 'logs --follow'] }
    const stopped = cli.untilStopped()
    for (;;) {
      for (const line of page.lines) cli.terminal.write(`${cli.json ? JSON.stringify(line) : printable(line)}\n`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        stopped.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
      })
      if (stopped.aborted) return undefined
      page = await read(page.cursor, 5000)
    }
  },
})
