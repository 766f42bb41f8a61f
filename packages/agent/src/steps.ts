import type { LineDraft } from '@openclaw/protocol'

/** The lines of a run on their way to the disk: one commit at a time, and what is added meanwhile goes with the next. */
export interface Steps {
  add(line: LineDraft): void
  /** Begins to make durable what was added. Nobody waits for it; a failure shows when somebody saves. */
  flush(): void
  /** Resolves with the sequence of the last durable line when all that was added is durable; throws why it is not. */
  save(): Promise<number>
  /** What is not durable when the commit under way is over. It goes with the run's end. */
  left(): Promise<LineDraft[]>
}

/** No line yet; `seq` is that of the last durable one before the run. */
export function openSteps(seq: number, commit: (lines: LineDraft[]) => Promise<{ seq: number }>): Steps {
  const unsaved: LineDraft[] = []
  let durable = seq
  let saving: Promise<void> | undefined
  let wanted = false
  let lost: { readonly thrown: unknown } | undefined

  function flush(): void {
    wanted = saving !== undefined
    if (saving || lost || unsaved.length === 0) return
    const lines = unsaved.slice()
    saving = commit(lines)
      .then(
        (answer) => {
          durable = answer.seq
          unsaved.splice(0, lines.length)
        },
        (thrown: unknown) => {
          lost = { thrown }
        },
      )
      .then(() => {
        saving = undefined
        if (wanted) flush()
      })
  }

  return {
    add: (line) => void unsaved.push(line),
    flush,
    async save() {
      for (flush(); saving; flush()) await saving
      if (lost) throw lost.thrown
      return durable
    },
    async left() {
      while (saving) await saving
      return unsaved
    },
  }
}
