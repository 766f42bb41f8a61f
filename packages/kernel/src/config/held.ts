/** A configuration never changes: another one is another value. */
const known = new WeakMap<object, string[]>()

/**
 * The dotted keys of a configuration that hold something, e.g. `gateway` and `gateway.port`: what a skill may ask
 * for. Keys only; the values stay here.
 */
export function heldKeys(config: object): string[] {
  const held = known.get(config) ?? keysIn(config, '')
  known.set(config, held)
  return held
}

function keysIn(section: object, above: string): string[] {
  return Object.entries(section).flatMap(([name, value]: [string, unknown]) => {
    if (!value) return []
    const key = `${above}${name}`
    return typeof value === 'object' && !Array.isArray(value) ? [key, ...keysIn(value, `${key}.`)] : [key]
  })
}
