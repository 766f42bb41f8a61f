import type { Traits } from '@openclaw/sdk'

/** The length of a text in a platform's unit. */
export function measure(text: string, unit: Traits['lengthUnit']): number {
  if (unit === 'bytes') return Buffer.byteLength(text)
  return unit === 'utf16' ? text.length : [...text].length
}
