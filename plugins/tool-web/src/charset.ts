/** Where pages name their letters: https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding */
const prescanned = 1024

/** Text of bytes in the letters that their type, a byte order mark or the page itself names; else UTF-8. */
export function decode(bytes: Uint8Array, type: string): string {
  const mark = [bytes[0], bytes[1]]
  if (mark[0] === 0xff && mark[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (mark[0] === 0xfe && mark[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const start = () => new TextDecoder('latin1').decode(bytes.subarray(0, prescanned))
  const label = named(type) ?? named(/<(?:meta|\?xml)[^>]*/i.exec(start())?.[0] ?? '')
  try {
    return new TextDecoder(label ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder('utf-8').decode(bytes)
  }
}

function named(text: string): string | undefined {
  return /(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(text)?.[1]
}
