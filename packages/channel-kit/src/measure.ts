import type { Unit } from './markup.ts'

/** How long a text is in a platform's unit: UTF-16 code units, bytes of UTF-8, or code points. */
export function measure(text: string, unit: Unit): number {
  if (unit === 'utf16') return text.length
  if (unit === 'bytes') return Buffer.byteLength(text)
  let pairs = 0
  for (let index = 1; index < text.length; index++)
    if (low(text.charCodeAt(index)) && high(text.charCodeAt(index - 1))) pairs++
  return text.length - pairs
}

const high = (unit: number) => (unit & 0xfc00) === 0xd800
const low = (unit: number) => (unit & 0xfc00) === 0xdc00
