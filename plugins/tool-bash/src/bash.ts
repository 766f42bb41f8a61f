import { commandWords, defineTool, type ToolCall, type ToolResult } from '@openclaw/sdk'
import Type from 'typebox'
import { keepOutput } from './output.ts'
import { shellArgv } from './shell.ts'
import { startTerminal } from './terminal.ts'
import { gatherWhole } from './whole.ts'

const longestMs = 1_800_000
const showEveryMs = 100

/** The bounds that the configuration sets. */
export interface Bounds {
  readonly timeoutMs: number
  readonly maxOutput: number
}

/** Runs a command line and waits for it, or starts it in the background. */
export function bash({ timeoutMs, maxOutput }: Bounds) {
  return defineTool({
    name: 'bash',
    description:
      'Run a shell command in the workspace. Returns its output and exit code. For servers and long work use background, then bash_job.',
    input: Type.Object(
      {
        command: Type.String({ minLength: 1 }),
        cwd: Type.Optional(Type.String({ description: 'Folder in the workspace.' })),
        timeoutMs: Type.Optional(
          Type.Integer({ minimum: 1, maximum: longestMs, description: `Default ${timeoutMs}.` }),
        ),
        background: Type.Optional(Type.Boolean({ description: 'Return a job id at once.' })),
        pty: Type.Optional(Type.Boolean({ description: 'In the background on a terminal, for interactive programs.' })),
      },
      { additionalProperties: false },
    ),
    effect: 'exec',
    // What the owner typed is compared with this, and a folder changes what a command does.
    subject: ({ command, cwd }) => (cwd ? `cd ${cwd} && ${command}` : command),
    // A folder, a terminal or a life in the background is more than the words of a list say.
    argv: ({ command, cwd, background, pty }) => (cwd || background || pty ? undefined : commandWords(command)),
    async run(input, call) {
      const argv = call.argv ?? shellArgv(call.workspace.root, input.command)
      const where = input.cwd === undefined ? {} : { cwd: input.cwd }
      if (input.background || input.pty) {
        const job = input.pty
          ? await startTerminal(input.command, where, call)
          : await call.workspace.start(argv, where)
        return say(`Started job ${job.id}. Read its output with bash_job.`, { job: job.id })
      }
      return await runToEnd(argv, { ...where, timeoutMs: input.timeoutMs ?? timeoutMs }, maxOutput, call)
    },
  })
}

async function runToEnd(
  argv: readonly string[],
  options: { cwd?: string; timeoutMs: number },
  maxOutput: number,
  call: ToolCall,
): Promise<ToolResult> {
  const kept = keepOutput(maxOutput)
  const whole = gatherWhole()
  const startedAt = performance.now()
  let end: { exit: number; signal?: string } | undefined
  let unseen = false
  // A flood comes in thousands of pieces, and making the text of each would cost more than the command.
  const showing = setInterval(() => {
    if (unseen) call.progress([{ type: 'text', text: kept.text() }])
    unseen = false
  }, showEveryMs)
  try {
    for await (const output of call.workspace.exec(argv, { ...options, signal: call.signal })) {
      if ('exit' in output) end = output
      else {
        kept.add(output.stream, output.bytes)
        whole.add(output.bytes)
      }
      unseen = true
    }
  } finally {
    clearInterval(showing)
  }
  const details = { ...end, tookMs: Math.round(performance.now() - startedAt) }
  const rest = kept.cut ? await whole.save(call) : undefined
  const text = [kept.text(rest), ending(end, options.timeoutMs)].filter(Boolean).join('\n\n') || '(no output)'
  return { ...say(text, details), failed: end?.exit !== 0 }
}

function ending(end: { exit: number; signal?: string } | undefined, timeoutMs: number): string {
  if (!end) return '[the command did not end]'
  if (end.signal === 'timeout') return `[stopped after ${timeoutMs} ms; give a longer timeoutMs, or use background]`
  if (end.signal) return `[stopped by ${end.signal}]`
  return end.exit === 0 ? '' : `[exit code ${end.exit}]`
}

function say(text: string, details: object): ToolResult {
  return { content: [{ type: 'text', text }], details }
}
