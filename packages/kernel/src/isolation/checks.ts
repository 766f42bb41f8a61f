import { failure } from '@openclaw/protocol'
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
