import type { Cli } from './cli.ts'

/** One option of a command, given as `--name`. */
export interface Option {
  /** A `list` is a text that may be given more than once. */
  readonly type: 'boolean' | 'text' | 'number' | 'list'
  /** What it does, for the help: one line without a full stop. */
  readonly about: string
  /** What stands for the value in the help, e.g. `DIR`. */
  readonly value?: string
  /** One letter that means the same. */
  readonly short?: string
  /** The only values that are taken. */
  readonly choices?: readonly string[]
  /** Not shown in the help. */
  readonly hidden?: boolean
}

/** One word after the command's name, in order. Required unless it says otherwise. */
export interface Argument {
  readonly about: string
  readonly optional?: boolean
  /** Takes all further words; last only. */
  readonly rest?: boolean
}

type Options = Readonly<Record<string, Option>>
type Arguments = Readonly<Record<string, Argument>>

type OptionValue<O extends Option> = O['type'] extends 'boolean'
  ? boolean
  : O['type'] extends 'list'
    ? readonly string[]
    : O['type'] extends 'number'
      ? number | undefined
      : O extends { choices: readonly (infer C extends string)[] }
        ? C | undefined
        : string | undefined
type ArgumentValue<A extends Argument> = A extends { rest: true }
  ? readonly string[]
  : A extends { optional: true }
    ? string | undefined
    : string

/** Options and words of one call by their names, checked. */
export type Given<O extends Options, A extends Arguments> = { readonly [K in keyof O]: OptionValue<O[K]> } & {
  readonly [K in keyof A]: ArgumentValue<A[K]>
}

/** What a command answers. `main` prints it: the value with `--json`, else the text and the next step. */
export interface Answer {
  /** The answer for programs; what JSON can hold. */
  readonly value: unknown
  /** The answer for people; a list is one line each. Nothing is printed when it is empty. */
  readonly text?: string | readonly string[]
  /** What one would do next: a phrase, and the command for it without the program's name: `sessions list`. */
  readonly next?: readonly [phrase: string, command: string]
  /** See {@link exits}; 0 when absent. */
  readonly exit?: number
}

/** A command as its file declares it. */
export interface Command<O extends Options = Options, A extends Arguments = Arguments> {
  readonly takes?: A
  readonly options?: O
  /** What the one sentence of the table leaves out. */
  readonly details?: string
  /** Arguments of a typical call, without the program's and the command's name; empty when none are needed. */
  readonly example: string
  run(given: Given<O, A>, cli: Cli): Promise<Answer | undefined>
}

/** A command when its options' exact types do not matter. */
export type AnyCommand = Omit<Command, 'run'> & { run(given: never, cli: Cli): Promise<Answer | undefined> }

/** Declares a command and types what it is given by its options and words. */
export function defineCommand<const O extends Options = {}, const A extends Arguments = {}>(
  command: Command<O, A>,
): AnyCommand {
  return command
}
