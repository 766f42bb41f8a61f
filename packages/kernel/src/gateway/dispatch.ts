import { failure, methods, type Method, type MethodName, type Problem } from '@openclaw/protocol'
import type { Caller } from '@openclaw/sdk'
import { readProblems } from './problems.ts'
import { covers } from './rights.ts'

/** A method as it is served: its row, and what answers. */
export interface Served {
  readonly row: Method
  handle(params: unknown, caller: Caller): unknown
}

/** Finds, checks and calls methods. */
export interface Dispatch {
  find(name: string): Served | undefined
  /** Rights first, then every problem of the params, then the handler. Throws `forbidden` and `invalid_params`. */
  call(name: string, served: Served, params: unknown, caller: Caller): unknown
  /** Throws `invalid_params` with every problem. */
  check(name: string, row: Method, params: unknown): void | Promise<void>
}

type Check = (value: unknown) => readonly Problem[]

/**
 * Serves the method table and what plugins add to it. The compiler of checks is imported, and each row compiled, when
 * it is first used: both take longer than a gateway takes to start.
 */
export function openDispatch(options: {
  readonly handlers: Readonly<Partial<Record<MethodName, (params: never, caller: Caller) => unknown>>>
  readonly plugin?: ((name: string) => Served | undefined) | undefined
}): Dispatch {
  const own = new Map<string, Served>()
  for (const [name, row] of Object.entries(methods)) {
    const handle = options.handlers[name as MethodName] as Served['handle'] | undefined
    if (handle) own.set(name, { row, handle })
  }
  const checks = new WeakMap<object, Check>()
  let compile: ((schema: Method['params']) => Check) | undefined

  const load = async () => {
    const { Compile } = await import('typebox/compile')
    compile ??= (schema) => {
      const validator = Compile(schema)
      return (value) => (validator.Check(value) ? [] : readProblems(validator.Errors(value), schema))
    }
  }
  function judge(name: string, row: Method, params: unknown): void {
    let check = checks.get(row.params)
    if (!check) checks.set(row.params, (check = compile!(row.params)))
    const problems = check(params)
    if (problems.length === 0) return
    const list = problems.map(({ path, message }) => `${path || 'params'} ${message}`).join('; ')
    throw failure('invalid_params', `${name}: ${list}`, { problems: [...problems] })
  }
  const check: Dispatch['check'] = (name, row, params) =>
    compile ? judge(name, row, params) : load().then(() => judge(name, row, params))

  return {
    find: (name) => own.get(name) ?? options.plugin?.(name),
    check,
    call(name, { row, handle }, params = {}, caller) {
      if (!covers(caller.rights, row.right))
        throw failure('forbidden', `${name} takes the right "${row.right}"; use a token that has it`)
      const checked = check(name, row, params)
      return checked ? checked.then(() => handle(params, caller)) : handle(params, caller)
    },
  }
}
