/** First second of 2015: https://docs.discord.com/developers/reference#snowflakes */
const epochMs = 1_420_070_400_000n

/** Makes ids that grow with time, also within one millisecond. */
export function makeSnowflakes(now: () => number): () => string {
  let last = 0n
  return () => {
    const id = (BigInt(now()) - epochMs) << 22n
    last = id > last ? id : last + 1n
    return String(last)
  }
}

/** Orders ids by age, the oldest first. */
export function byAge(one: { readonly id: string }, other: { readonly id: string }): number {
  return BigInt(one.id) < BigInt(other.id) ? -1 : one.id === other.id ? 0 : 1
}
