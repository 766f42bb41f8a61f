/**
 * The address of a link as it may stand in markup: http, https, mailto or tel, with what is no part of an address
 * (https://www.rfc-editor.org/rfc/rfc3986#section-2) percent-encoded. Undefined for all others.
 */
export function allowedAddress(url: string): string | undefined {
  if (!/^(?:https?:\/\/|mailto:|tel:)[^\s]/i.test(url)) return undefined
  return url.toWellFormed().replace(/[\s\p{Cc}"<>\\^`{|}]/gu, encodeURIComponent)
}

/** Whether the text of a link is its address already, without the scheme perhaps, so that it need not be told again. */
export function isAddressItself(shown: string, url: string): boolean {
  return shown === url || shown === url.replace(/^(?:https?:\/\/|mailto:|tel:)/i, '')
}
