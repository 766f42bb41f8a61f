/** A failure that was expected and is told without a stack: what was being done, and what to do next. */
export class Plain extends Error {}

/** One line of progress. It goes to stderr, so that stdout stays the program's own. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Runs a script's body: a plain failure is printed as a sentence, anything else with its stack; both end with 1. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    say(error instanceof Plain ? `\n${error.message}\n` : (error?.stack ?? String(error)))
    process.exitCode = 1
  }
}

/** Seconds since `started` (from `Date.now()`), for the end of a progress line. */
export function since(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}
