/** Where this browser keeps the token that a one-time link was exchanged for. */
const place = 'openclaw.token'

/**
 * Takes the code of a one-time link out of an address: `#link=<code>`. Nothing else in an address says who somebody is
 * or where the gateway is. `rest` is the address without the code, for the history.
 */
export function takeLink(address: string): { readonly code: string; readonly rest: string } | undefined {
  const url = new URL(address)
  const code = /^#link=([A-Za-z0-9_-]{1,64})$/.exec(url.hash)?.[1]
  if (!code) return undefined
  url.hash = ''
  return { code, rest: url.pathname + url.search }
}

/** Where the gateway's socket is: one level above the page, on the same origin, under whatever prefix. */
export function socketAddress(page: string): string {
  const url = new URL('../', page)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = ''
  url.hash = ''
  return url.href
}

/** What of a store the page uses; the browser may refuse it, then a token lasts as long as the page. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Keeps a token for the next visit, in this browser only. */
export function keepToken(store: TextStore, token: string): void {
  attempt(() => store.setItem(place, token))
}

/** The token of an earlier visit. */
export function readToken(store: TextStore): string | undefined {
  return attempt(() => store.getItem(place)) ?? undefined
}

/** Forgets the token. */
export function forgetToken(store: TextStore): void {
  attempt(() => store.removeItem(place))
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
