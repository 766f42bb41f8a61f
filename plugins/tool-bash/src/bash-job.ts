import { defineTool, failure, type Job, type ToolCall, type ToolResult } from '@openclaw/sdk'
import Type from 'typebox'
import type { Bounds } from './bash.ts'
import { typeKeys } from './keys.ts'
import { keepOutput } from './output.ts'
import { commandOf } from './shell.ts'

/** Looks after what `bash` started in the background. Jobs belong to the session and end with it. */
export function bashJob({ maxOutput }: Bounds) {
  return defineTool({
    name: 'bash_job',
    description: 'Background jobs of bash: list them, poll new output, write to stdin, press keys on a pty, kill.',
    input: Type.Object(
      {
        action: Type.Enum(['list', 'poll', 'write', 'keys', 'kill']),
        job: Type.Optional(Type.String({ description: 'Needed except for list.' })),
        text: Type.Optional(
          Type.String({ description: 'For write: ends with a newline. For keys: names, e.g. C-c or Up Enter.' }),
        ),
      },
      { additionalProperties: false },
    ),
    effect: 'exec',
    effectOf: ({ action }) => (action === 'list' || action === 'poll' ? 'read' : action === 'kill' ? 'write' : 'exec'),
    subject: ({ action, job, text }) =>
      action === 'write' || action === 'keys'
        ? `${action} to job ${job}: ${text}`
        : `${action} job ${job ?? ''}`.trim(),
    async run({ action, job: id, text }, call) {
      if (action === 'list') return listJobs(call)
      const job = await find(call, id)
      if (action === 'poll') return showOutput(job, maxOutput)
      if (action === 'kill') {
        await job.kill()
        return say(`Job ${job.id} was killed.`)
      }
      if (text === undefined)
        throw failure('invalid_params', `say in \`text\` what ${action === 'keys' ? 'keys to press' : 'to write'}`)
      await job.write(action === 'keys' ? typeKeys(text) : text)
      return say(`Written to job ${job.id}.`)
    },
  })
}

async function find(call: ToolCall, id: string | undefined): Promise<Job> {
  if (id === undefined) throw failure('invalid_params', 'name the job in `job`; the action list shows them')
  const job = await call.workspace.job(id)
  if (!job) throw failure('not_found', `there is no job ${id} in this session; the action list shows them`)
  return job
}

async function listJobs(call: ToolCall): Promise<ToolResult> {
  const jobs = await call.workspace.jobs()
  if (jobs.length === 0) return say('No jobs.')
  return say(
    jobs.map(({ id, command, running }) => `${id} ${running ? 'running' : 'ended'}: ${commandOf(command)}`).join('\n'),
  )
}

async function showOutput(job: Job, maxOutput: number): Promise<ToolResult> {
  const { text, dropped, exit } = await job.read()
  const kept = keepOutput(maxOutput)
  kept.add('out', Buffer.from(text))
  const lost = dropped > 0 ? `[${dropped} earlier bytes were dropped]` : ''
  const state = exit === undefined ? '[still running]' : `[ended with exit code ${exit}]`
  return { ...say([lost, kept.text(), state].filter(Boolean).join('\n\n')), details: { exit, dropped } }
}

function say(text: string): ToolResult {
  return { content: [{ type: 'text', text }] }
}
