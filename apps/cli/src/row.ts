import type { AnyCommand } from './command.ts'

/** One row of the table of commands. Its file is imported when the command runs or its help is asked for. */
export interface Row {
  /** The words that call it; empty for `openclaw` alone. */
  readonly name: string
  /** One sentence for the help and the docs. */
  readonly about: string
  /** Not shown: for the program itself. */
  readonly hidden?: boolean
  load(): Promise<AnyCommand>
}

/** Writes a row. */
export const row = (name: string, about: string, load: Row['load'], more: { hidden?: boolean } = {}): Row => ({
  name,
  about,
  load,
  ...more,
})
