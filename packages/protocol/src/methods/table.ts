import Type, { type Static, type TObject, type TSchema } from 'typebox'
import type { Right } from '../values.ts'

/** One row of the method table: who may call it, with what, and what comes back. */
export interface Method<P extends TSchema = TSchema, R extends TSchema = TSchema> {
  readonly right: Right
  /** One sentence for the docs and the `--help` of commands. */
  readonly about: string
  readonly params: P
  readonly result: R
  /** What it leaves makes the agent act later: a tool's call that makes one must say so of itself. */
  readonly lasts?: boolean
}
export type MethodTable = Readonly<Record<string, Method>>
export type Params<M extends Method> = Static<M['params']>
export type Result<M extends Method> = Static<M['result']>

/** Declares a row and keeps its exact types. */
export function method<const P extends TSchema, const R extends TSchema>(
  right: Right,
  about: string,
  params: P,
  result: R,
  more: Pick<Method, 'lasts'> = {},
): Method<P, R> {
  return { right, about, params, result, ...more }
}

/** An object that refuses unknown keys: what a caller misspells must not be passed over. */
export function closed<const P extends Record<string, TSchema>>(
  properties: P,
  options: { readonly description?: string } = {},
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...options }) as TObject<P>
}

export const none = closed({})
export const ok = Type.Object({ ok: Type.Literal(true) })
/** Peer ids are percent-encoded in a key, so the bound is generous; file names use a digest. */
export const SessionKey = Type.String({ minLength: 1, maxLength: 16384, description: 'Session key.' })
export const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'The same key from the same caller has one effect and gets the same answer.',
})
