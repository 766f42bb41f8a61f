/**
 * The dotted keys of a configuration that hold something, e.g. `gateway` and `gateway.port`: what a skill may ask
 * for. Keys only; the values stay here.
 */
export function heldKeys(config: object, above = ''): string[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    if (!value) return []
    const key = `${above}${name}`
    return typeof value === 'object' && !Array.isArray(value) ? [key, ...heldKeys(value, `${key}.`)] : [key]
  })
}
