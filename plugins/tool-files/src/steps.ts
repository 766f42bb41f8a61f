import { failure, type Workspace } from '@openclaw/sdk'
import { posix } from 'node:path'
import { fitHunks } from './fit.ts'
import type { Change } from './patch.ts'
import { readWhole } from './whole.ts'

/** One thing that happens to a workspace. `before` is the text that a file had; none when the step makes it. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly before: string | undefined }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | { readonly kind: 'delete'; readonly path: string }

/** A file as it will be: where its bytes are now, and its text where that is known already. */
interface Future {
  readonly at: string
  readonly text?: string
}

/**
 * What the changes of a patch come to, one after the other: what one made, moved or deleted, the next one finds so.
 * Nothing is changed yet. Throws for the first change that does not fit.
 */
export async function planSteps(changes: readonly Change[], workspace: Workspace): Promise<readonly Step[]> {
  const future = new Map<string, Future | undefined>()
  const steps: Step[] = []
  const { root } = workspace
  // One file under two names would lose the first change.
  const plain = (path: string) => posix.normalize(path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)

  async function look(path: string): Promise<Future | undefined> {
    if (!future.has(path)) future.set(path, (await workspace.stat(path)) && { at: path })
    return future.get(path)
  }
  async function find(path: string): Promise<Future> {
    const file = await look(path)
    if (!file) throw failure('not_found', `${path}: there is no such file`)
    if (file.text === undefined && (await workspace.stat(file.at))?.kind !== 'file')
      throw failure('invalid_params', `${path}: it is not a file`)
    return file
  }
  async function mustBeFree(path: string, verb: string): Promise<void> {
    if (await look(path))
      throw failure('conflict', `${path}: it is there already, so nothing can be ${verb} there; update it instead`)
  }
  function write(path: string, text: string, before: string | undefined): void {
    steps.push({ kind: 'write', path, text, before })
    future.set(path, { at: path, text })
  }

  for (const change of changes) {
    const path = plain(change.path)
    if (change.kind === 'add') {
      await mustBeFree(path, 'added')
      write(path, change.text, undefined)
    } else if (change.kind === 'delete') {
      await find(path)
      steps.push({ kind: 'delete', path })
      future.set(path, undefined)
    } else {
      const file = await find(path)
      if (change.hunks.length > 0) {
        const before = file.text ?? (await readWhole(file.at, workspace))
        write(path, fitHunks(change.path, before, change.hunks), before)
      }
      if (change.to === undefined) continue
      const to = plain(change.to)
      await mustBeFree(to, 'moved')
      steps.push({ kind: 'move', path, to })
      future.set(to, await find(path))
      future.set(path, undefined)
    }
  }
  return steps
}

/**
 * Makes the steps, and when one fails takes back those before it, folders that were made included; then it throws why.
 * What is deleted is put aside until the last step is made.
 */
export async function makeSteps(steps: readonly Step[], workspace: Workspace, mark: string): Promise<void> {
  const back: (() => Promise<void>)[] = []
  const aside: string[] = []
  const bytes = (text: string) => new TextEncoder().encode(text)

  /** Folders that the step will make go again after what is in them. */
  async function noteFolders(path: string): Promise<void> {
    const folder = posix.dirname(path)
    if (folder === '.' || folder === '/' || (await workspace.stat(folder))) return
    await noteFolders(folder)
    back.push(() => workspace.remove(folder))
  }
  async function make(step: Step): Promise<void> {
    if (step.kind === 'delete') {
      const there = posix.join(posix.dirname(step.path), `.${mark}-${aside.length}.deleted`)
      await workspace.move(step.path, there)
      aside.push(there)
      back.push(() => workspace.move(there, step.path))
    } else if (step.kind === 'move') {
      await noteFolders(step.to)
      await workspace.move(step.path, step.to)
      back.push(() => workspace.move(step.to, step.path))
    } else {
      const { path, before } = step
      if (before === undefined) await noteFolders(path)
      await workspace.write(path, bytes(step.text))
      back.push(() => (before === undefined ? workspace.remove(path) : workspace.write(path, bytes(before))))
    }
  }

  try {
    for (const step of steps) await make(step)
  } catch (thrown) {
    throw await takeBack(back, thrown)
  }
  for (const path of aside) await workspace.remove(path)
}

/** Undoes the last first. Answers what was thrown, with what could not be undone. */
async function takeBack(back: readonly (() => Promise<void>)[], thrown: unknown): Promise<unknown> {
  const left: string[] = []
  for (const undo of back.toReversed())
    await undo().catch((failed: { code?: string; message?: string }) => {
      // A folder that was to be made before the step failed may not be there.
      if (failed.code !== 'not_found') left.push(failed.message ?? 'for no known reason')
    })
  if (left.length === 0) return thrown
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return failure('unavailable', `${why}; and what was changed before could not be taken back: ${left.join('; ')}`)
}
