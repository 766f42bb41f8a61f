/** Makes two spellings of one name equal. Never changes the length. */
export type Fold = (name: string) => string

/**
 * The folding that a server announces as CASEMAPPING (https://modern.ircdocs.horse/#casemapping-parameter). For one we do
 * not know only ASCII letters are folded: two people must never become one.
 */
export function foldOf(casemapping: string | undefined): Fold {
  const last = casemapping === 'rfc1459' ? '^' : casemapping === 'strict-rfc1459' ? ']' : 'Z'
  return (name) =>
    name.replaceAll(/[A-^]/g, (sign) => (sign > last ? sign : String.fromCharCode(sign.charCodeAt(0) + 32)))
}
