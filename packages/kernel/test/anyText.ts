import fc from 'fast-check'

/** Text of any code points, halves of surrogate pairs too. (fast-check's own `binary` unit takes seconds to set up.) */
export const anyText = (bounds: { minLength?: number; maxLength?: number } = {}) =>
  fc.string({
    ...bounds,
    unit: fc
      .oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) }, fc.integer({ min: 0, max: 0x10ffff }))
      .map((code) => String.fromCodePoint(code)),
  })
