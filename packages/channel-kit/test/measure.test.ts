import { expect, test } from 'vitest'
import { measure } from '../src/index.ts'

test.each([
  ['', 0, 0, 0],
  ['abc', 3, 3, 3],
  ['é', 1, 2, 1],
  ['漢字', 2, 6, 2],
  ['😀', 2, 4, 1],
  ['👨‍👩‍👧', 8, 18, 5],
  ['\ud83d', 1, 3, 1],
  ['\ude00\ud83d', 2, 6, 2],
])('%j is %i UTF-16 units, %i bytes, %i code points', (text, utf16, bytes, codepoints) => {
  expect([measure(text, 'utf16'), measure(text, 'bytes'), measure(text, 'codepoints')]).toEqual([
    utf16,
    bytes,
    codepoints,
  ])
})
