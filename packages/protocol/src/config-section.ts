import Type, { type TSchema } from 'typebox'

/** A section that takes no other keys. */
export const section = <const P extends Record<string, TSchema>>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })
/** A key that may be absent. */
export const opt = Type.Optional
/** A list of texts that may be absent. */
export const list = (description: string) => opt(Type.Array(Type.String(), { description }))
