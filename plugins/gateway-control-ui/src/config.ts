import Type from 'typebox'

/** The page takes no settings: who may open it and from where is the gateway's own configuration. */
export const config = Type.Object({}, { additionalProperties: false })
