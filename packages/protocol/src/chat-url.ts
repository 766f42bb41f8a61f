import type { Address } from './values.ts'

/** How the address of a chat begins where addresses of sites stand too. */
const scheme = 'chat://'

/** The one spelling of a chat's address as a text: `chat://CHANNEL/ACCOUNT/direct/ID`, with `/THREAD` in a thread. */
export function chatUrl({ channel, account, peer }: Address): string {
  const parts = [channel, account, peer.kind, peer.id, ...(peer.thread === undefined ? [] : [peer.thread])]
  return scheme + parts.map(encodeURIComponent).join('/')
}

/** Is it the address of a chat, not of a site? */
export function isChatUrl(address: string): boolean {
  return address.startsWith(scheme)
}
