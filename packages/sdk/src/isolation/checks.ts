import { failure, type MethodTable } from '@openclaw/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** Throws `invalid_params` when a value is not what the wire says it is. */
export type Check = (what: string, schema: TSchema, value: unknown) => void

/** What comes from a child is checked before anything of ours sees it. A schema is compiled when it is first used. */
export function openChecks(name: string): Check {
  const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>()
  return (what, schema, value) => {
    let validator = compiled.get(schema)
    if (!validator) compiled.set(schema, (validator = Compile(schema)))
    if (validator.Check(value)) return
    const [first] = validator.Errors(value)
    throw failure(
      'invalid_params',
      `${name}: what its process said of ${what} is not what the contract says: ${first?.instancePath || 'it'} ${first?.message ?? 'is wrong'}; tell its author`,
    )
  }
}

/** The same handlers, which see only params that fit their table. */
export function checkParams<H extends object>(check: Check, table: MethodTable, handlers: H): H {
  const guarded = Object.entries(handlers).map(([name, handle]) => {
    const { params: schema } = table[name]!
    return [
      name,
      (params: unknown, incoming: unknown) => {
        check(name, schema, params)
        return (handle as (params: unknown, incoming: unknown) => unknown)(params, incoming)
      },
    ]
  })
  return Object.fromEntries(guarded) as H
}
