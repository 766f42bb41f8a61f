const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A size as people say it, in decimal units: `740 byte`, `1.2 MB`. */
export function sayBytes(bytes: number): string {
  let value = bytes
  let at = 0
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000
    at += 1
  }
  const unit = units[at] ?? 'byte'
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && at > 0 ? 1 : 0,
  }).format(value)
}

/** A moment as the reader needs it: the time today, the day this week, the date before. */
export function sayTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const days = (startOfDay(nowMs) - startOfDay(atMs)) / 86_400_000
  if (days < 1) return at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
  if (days < 7) return at.toLocaleDateString(undefined, { weekday: 'short' })
  const sameYear = at.getFullYear() === new Date(nowMs).getFullYear()
  return at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) })
}

function startOfDay(atMs: number): number {
  const day = new Date(atMs)
  // UTC, so that a day is 24 hours also where the clock changes.
  return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate())
}

/** How long something lasts or lasted, in its largest two units. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

/**
 * A text that a decision hangs on, with what cannot be seen made visible: characters that turn the reading direction,
 * take no width, or move the cursor could make a command look like another one.
 */
export function showHidden(text: string): string {
  return text.replaceAll(
    hidden,
    (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}

/** Controls but for tab and newline, format characters, separators of lines, and what a font draws as nothing. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
