import { failure } from '@openclaw/sdk'

/** Largest answer that is read; the engines send some 100 kB. */
const maxLength = 5_000_000

/**
 * The text that a search service answers. It is one that the owner chose, so it is asked directly; where it redirects
 * to is not followed, as the key would go there too. Failures name the service and what to do.
 */
export async function ask(name: string, url: string | URL, init: RequestInit): Promise<string> {
  const answer = await fetch(url, { ...init, redirect: 'error' }).catch((thrown: unknown) => {
    const { name: kind } = thrown as Error
    if (kind === 'AbortError') throw thrown
    throw failure('unavailable', `web_search: ${name} does not answer; try again later, or choose another provider`, {
      cause: thrown,
    })
  })
  const { status, headers } = answer
  if (status === 401 || status === 403)
    throw failure('unauthorized', `web_search: ${name} refuses the key (${status}); set plugins.web.config.search anew`)
  if (status === 429 || status === 432) {
    const seconds = Number(headers.get('retry-after'))
    throw failure('rate_limited', `web_search: ${name} was asked too often or the plan is used up; try again later`, {
      retryAfterMs: (seconds > 0 ? seconds : 1) * 1000,
    })
  }
  if (!answer.ok) throw failure('unavailable', `web_search: ${name} answered ${status}; try again later`)
  const text = await answer.text()
  if (text.length > maxLength) throw failure('unavailable', `web_search: ${name} answered too much; try other words`)
  return text
}

/** The list of results in a JSON answer, whose fields are texts or nothing. */
export async function askJson(
  name: string,
  url: string | URL,
  init: RequestInit,
  listOf: (answer: Record<string, unknown>) => unknown,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const text = await ask(name, url, init)
  try {
    const list = listOf(JSON.parse(text) as Record<string, unknown>) ?? []
    return (list as Record<string, unknown>[]).map((one) =>
      Object.fromEntries(
        Object.entries(one).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
    )
  } catch (thrown) {
    throw failure('unavailable', `web_search: ${name} answered what is no list of results; check its address`, {
      cause: thrown,
    })
  }
}
