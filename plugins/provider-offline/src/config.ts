import Type from 'typebox'

/** There is nothing to configure. */
export const config = Type.Object({}, { additionalProperties: false })
