import { failure } from '@openclaw/protocol'

/** A place in the configuration, from the outside in. List positions are numbers in decimal. */
export type Path = readonly string[]

const plain = /^[^.[\]"\s]+$/

/** `gateway.port`, `bindings.0.agent`; a key that holds a dot, a bracket or a space stands as `["my.bot"]`. */
export function formatPath(path: Path): string {
  return path.reduce((text, key) => text + (plain.test(key) ? (text ? '.' : '') + key : `[${JSON.stringify(key)}]`), '')
}

/**
 * Reads what {@link formatPath} writes.
 *
 * @throws `invalid_params` when it is empty or not a path.
 */
export function parsePath(text: string): string[] {
  const refuse = () =>
    failure(
      'invalid_params',
      `"${text}" is not a path in the configuration; write it like gateway.port, bindings.0.agent or plugins.weather.config["my.key"]`,
    )
  const path: string[] = []
  const step = /(\.?)([^.[\]"\s]+)|\[("(?:[^"\\]|\\.)*")\]/y
  while (step.lastIndex < text.length) {
    const [found, dot, key, quoted] = step.exec(text) ?? []
    // A dot stands between keys and nowhere else.
    if (found === undefined || (key !== undefined && (dot === '.') !== path.length > 0)) throw refuse()
    try {
      path.push(key ?? (JSON.parse(quoted ?? '') as string))
    } catch {
      throw refuse()
    }
  }
  if (path.length === 0) throw refuse()
  return path
}

/** The value at a place, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      (isSection(inner) || Array.isArray(inner)) && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )
}

/** Sets a key also where it is named `__proto__`, which an assignment would not. */
export function setKey(section: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') section[key] = value
  else Object.defineProperty(section, key, { value, writable: true, enumerable: true, configurable: true })
}

/** A copy of a document with one value set, or removed where it is undefined; sections on the way are made. */
export function withValue(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(document)) return document.with(Number(key), withValue(document[Number(key)], rest, value))
  const section = isSection(document) ? { ...document } : {}
  const inner = withValue(Object.hasOwn(section, key) ? section[key] : undefined, rest, value)
  if (inner === undefined) delete section[key]
  else setKey(section, key, inner)
  return section
}

/** An object that is not a list. */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Is one of them the other, or inside of it? */
export function overlaps(one: string, other: string): boolean {
  const inside = (inner: string, outer: string) =>
    inner.startsWith(outer) &&
    (outer === '' || inner.length === outer.length || '.['.includes(inner.charAt(outer.length)))
  return inside(one, other) || inside(other, one)
}
