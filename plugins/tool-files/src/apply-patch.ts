import { defineTool, type Turns } from '@openclaw/sdk'
import { createHash } from 'node:crypto'
import Type from 'typebox'
import { parsePatch, type Change } from './patch.ts'
import { isStanding } from './standing.ts'
import { makeSteps, planSteps } from './steps.ts'

/** Makes, changes, moves and deletes several files together: all of it when all fits, else nothing. */
export function applyPatch(turns: Turns) {
  return defineTool({
    name: 'apply_patch',
    description:
      'Change files together: *** Begin Patch, *** Update File: path (then *** Move to: path if it moves, @@ and lines with space, - or +), *** Add File: path (+ lines) or *** Delete File: path, *** End Patch. Nothing is changed unless all fits.',
    input: Type.Object({ patch: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    effect: 'write',
    lasts: ({ patch }) => touchedBy(patch).some(([, path]) => isStanding(path)),
    subject: ({ patch }) =>
      touchedBy(patch)
        .map(([verb, path]) => `${named[verb] ?? ''}${path}`)
        .join(', ') || 'a patch without files',
    async run({ patch }, { workspace, id }) {
      const changes = parsePatch(patch)
      return await turns.take(workspace.root, async () => {
        const mark = createHash('sha256').update(id).digest('hex').slice(0, 16)
        const steps = await planSteps(changes, workspace)
        await makeSteps(steps, workspace, mark)
        const paths = new Set(steps.flatMap((step) => (step.kind === 'move' ? [step.path, step.to] : [step.path])))
        return {
          content: [{ type: 'text', text: changes.map(tell).join('\n') }],
          details: { paths: [...paths] },
          outside: false,
        }
      })
    },
  })
}

/** What a patch says that it does, and to which path. */
const touchedBy = (patch: string) =>
  [...patch.matchAll(/^\*\*\* ((?:Add|Update|Delete) File|Move to): (.+)$/gm)].map(
    ([, verb, path]) => [verb!, path!.trim()] as const,
  )

const named: Readonly<Record<string, string>> = { 'Delete File': 'delete ', 'Move to': 'move to ' }

function tell(change: Change): string {
  if (change.kind === 'add') return `Created ${change.path}.`
  if (change.kind === 'delete') return `Deleted ${change.path}.`
  if (change.to === undefined) return `Updated ${change.path}.`
  return `${change.hunks.length > 0 ? 'Updated and moved' : 'Moved'} ${change.path} to ${change.to}.`
}
