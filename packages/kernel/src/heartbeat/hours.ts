import { failure, type AgentConfig } from '@openclaw/protocol'

type Heartbeat = NonNullable<AgentConfig['heartbeat']>

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The time between two beats, in milliseconds; the schema has checked the text. */
export function intervalOf({ every }: Heartbeat): number {
  return Number(every.slice(0, -1)) * units[every.at(-1) as keyof typeof units]
}

/** The time of day, `HH:MM`, that clocks of a zone show. Throws `invalid_config` for a zone that there is not. */
export function timeOfDay(atMs: number, timeZone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(timeZone === undefined ? {} : { timeZone }),
    }).format(atMs)
  } catch (error) {
    throw failure('invalid_config', `"${timeZone}" is no time zone; one is Europe/Berlin`, { cause: error })
  }
}

/** Does it beat at this time of day? Hours that end before they begin go over midnight. */
export function isActive({ active }: Heartbeat, atMs: number): boolean {
  if (!active || active.from === active.to) return true
  const time = timeOfDay(atMs, active.timeZone)
  return active.from < active.to ? active.from <= time && time < active.to : active.from <= time || time < active.to
}
