/** The time that floods are measured by; milliseconds since some moment. */
export interface Stopwatch {
  monotonic(): number
}

/** A transport of frames, as much as is guarded of it. */
export interface Guarded {
  send(text: string): void | Promise<void>
  onMessage(listen: (text: string) => void): void
}

/** What a child may say within a second before it is taken for a flood. A busy channel says a hundredth of it. */
const maxFrames = 5000
const maxBytes = 32 * 1024 * 1024
/** Lines that are no frames of ours: a library that writes past the process's stdout may do so a few times. */
const maxGarbage = 20
const windowMs = 1000

/** How our own link begins every frame. What begins otherwise was not written by it. */
const head = /^\{"jsonrpc":"2\.0",(?:"id":(?:\d+|null|"[^"]{0,128}"),)?"(method|result|error)":/

/**
 * Stands between a child's pipe and the link: passes frames on, refuses what is none, and calls `onFlood` once, with the
 * reason, when the child says more than anybody should. After that nothing is passed on.
 */
export function guard<T extends Guarded>(transport: T, clock: Stopwatch, onFlood: (why: string) => void): T {
  const spent = budget(clock, windowMs)
  let garbage = 0
  let asked = 0
  let answered = 0
  let over = false
  const flood = (why: string) => {
    over = true
    onFlood(why)
  }
  return {
    ...transport,
    send(text) {
      if (text.includes('"id":') && head.exec(text)?.[1] === 'method') asked++
      return transport.send(text)
    },
    onMessage(listen) {
      transport.onMessage((text) => {
        if (over) return
        const kind = head.exec(text)?.[1]
        if (kind === undefined) return ++garbage > maxGarbage && flood('it wrote what is no frame to its stdout')
        if (kind === 'method') {
          const { count, size } = spent(text.length)
          if (count > maxFrames) return flood(`it said more than ${maxFrames} things within a second`)
          if (size > maxBytes) return flood(`it said more than ${maxBytes / 2 ** 20} MB within a second`)
        } else if (++answered > asked) return flood('it answered what nobody asked')
        listen(text)
      })
    },
  }
}

/** Most lines of a child that go to the log within a second. */
const maxLines = 200

/**
 * Bounds what one child may have logged. Answers for each line whether it is to be written; in place of the `last` one
 * of a second it is said that others are left out.
 */
export function thinLog(clock: Stopwatch): () => 'write' | 'last' | 'drop' {
  const spent = budget(clock, windowMs)
  return () => {
    const { count } = spent(0)
    return count < maxLines ? 'write' : count === maxLines ? 'last' : 'drop'
  }
}

/** Counts what is spent within a window of time that begins anew when it is over. */
export function budget(clock: Stopwatch, ms: number): (size: number) => { count: number; size: number } {
  let began = -Infinity
  let count = 0
  let sum = 0
  return (size) => {
    const now = clock.monotonic()
    if (now - began >= ms) {
      began = now
      count = 0
      sum = 0
    }
    count++
    sum += size
    return { count, size: sum }
  }
}
