const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })

/** Dollars, with as many digits as say something: `$0.0042`, `$1.30`. */
export function sayMoney(usd: number): string {
  const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 3 : 4
  return `$${usd.toFixed(digits)}`
}

/** A number of tokens as people read it: `840`, `1.2M`. */
export function sayTokens(tokens: number): string {
  return compact.format(tokens)
}

/** A part of a whole: `62 %`; a dash when there is no whole. */
export function sayShare(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–'
}
