/** Registered, so that two copies of this package know each other's. */
const text = Symbol.for('openclaw.raw')

/** An answer, or the params of a call, that are JSON text already: they go out as they are, without being parsed and written again. */
export interface Raw {
  readonly [text]: string
}

/** Marks JSON text as the whole result of a request, or as its params. The caller vouches that it is valid JSON without line breaks. */
export function raw<T = unknown>(json: string): T {
  return { [text]: json } as T
}

/** The text of a marked value; undefined for any other value. */
export function rawText(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Raw>)[text] : undefined
}
