import type { Problem } from '@openclaw/protocol'
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'

/** Most problems of one input that are told. */
const maxProblems = 20

/**
 * Makes the check of a tool's input: all that is wrong with it, for the model to mend it at once; nothing when it fits.
 * It runs where the tool is at home, so that nobody compiles the schema of a stranger.
 */
export function checkInput(schema: TSchema): (input: unknown) => Promise<Problem[]> {
  let validator: Validator | undefined
  return async (input) => {
    // The compiler costs 40 ms to import: only once a model really calls something.
    validator ??= (await import('typebox/compile')).Compile(schema) as Validator
    if (validator.Check(input)) return []
    return validator
      .Errors(input)
      .slice(0, maxProblems)
      .map(({ instancePath, message }) => ({
        path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
        message: message || 'does not fit',
      }))
  }
}
