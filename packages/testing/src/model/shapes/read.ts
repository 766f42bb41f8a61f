/** The value when it is an object that is no list, else an empty one. */
export function object(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list; none when it is no list. */
export function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(object) : []
}

/** A text that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** The value when it is a text; else an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whether a text is the JSON of an object. */
export function isObjectJson(value: unknown): boolean {
  try {
    return typeof value === 'string' && isObject(JSON.parse(value))
  } catch {
    return false
  }
}

export const twice = (names: readonly unknown[]) => new Set(names).size < names.length
