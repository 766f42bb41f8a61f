import { describe, expect, it } from 'vitest'
import { open } from './open.ts'
import { body, json, openSite, type Answer } from './site.ts'

const found = '1. First result\nhttps://a.example/x?y=1\nabout <the> first\n\n2. https://b.example/\nhttps://b.example/'

/** Answers of the services as their documentation shows them, cut to what is read. */
const services: readonly { provider: string; source: string; path: string; answer: Answer }[] = [
  {
    provider: 'brave',
    source: 'https://api-dashboard.search.brave.com/app/documentation/web-search/responses',
    path: '/res/v1/web/search',
    answer: (request, response, text) => {
      if (request.headers['x-subscription-token'] !== 'key-1') return json({}, 401)(request, response, text)
      const results = [
        {
          type: 'search_result',
          title: 'First result',
          url: 'https://a.example/x?y=1',
          description: 'about <the> first',
        },
        { type: 'search_result', title: '', url: 'https://b.example/', description: null },
      ]
      json({ type: 'search', query: { original: 'two words' }, web: { type: 'search', results } })(
        request,
        response,
        text,
      )
    },
  },
  {
    provider: 'tavily',
    source: 'https://docs.tavily.com/documentation/api-reference/endpoint/search',
    path: '/search',
    answer: (request, response, text) => {
      if (request.headers.authorization !== 'Bearer key-1') return json({}, 401)(request, response, text)
      expect(JSON.parse(text)).toEqual({ query: 'two words', max_results: 8 })
      const results = [
        {
          title: 'First result',
          url: 'https://a.example/x?y=1',
          content: 'about <the> first',
          score: 0.9,
          raw_content: null,
        },
        { title: '', url: 'https://b.example/', content: '', score: 0.5 },
      ]
      json({ query: 'two words', answer: null, images: [], results, response_time: 1.2 })(request, response, text)
    },
  },
  {
    provider: 'searxng',
    source: 'https://docs.searxng.org/dev/search_api.html',
    path: '/search',
    answer: json({
      query: 'two words',
      number_of_results: 0,
      results: [
        { url: 'https://a.example/x?y=1', title: 'First result', content: 'about <the> first', engine: 'x', score: 1 },
        { url: 'https://b.example/', title: '', content: '' },
      ],
      unresponsive_engines: [],
    }),
  },
  {
    provider: 'duckduckgo',
    source: 'https://html.duckduckgo.com/html/?q=two+words',
    path: '/html/',
    answer: body(
      'text/html; charset=UTF-8',
      `<div id="links" class="results">
       <div class="result results_links result--ad"><h2 class="result__title"><a rel="nofollow" class="result__a" href="https://duckduckgo.com/y.js?ad_domain=ad.example">Buy</a></h2>
         <a class="result__snippet" href="https://duckduckgo.com/y.js?ad_domain=ad.example">Now</a></div>
       <div class="result results_links results_links_deep web-result"><div class="links_main links_deep result__body">
         <h2 class="result__title"><a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&amp;rut=abc">First <b>result</b></a></h2>
         <a class="result__snippet" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&amp;rut=abc">about &lt;the&gt; <b>first</b></a></div></div>
       <div class="result results_links"><h2 class="result__title"><a rel="nofollow" class="result__a" href="https://b.example/"></a></h2></div>
       </div>`,
    ),
  },
]

describe.each(services)('$provider', ({ provider, path, answer }) => {
  const settings = (url: string, key = 'key-1') => ({ search: { provider, url, key } })

  it('finds: title, address and excerpt, marked as from outside', async () => {
    await using site = await openSite({ [path]: answer })
    await using bench = await open(settings(site.url))
    const result = await bench.call('web_search', { query: 'two words' })
    expect(result).toMatchObject({ outside: true, details: { results: 2 } })
    expect(result.text).toBe(found)
    if (provider !== 'tavily') expect(site.asked[0]).toContain('q=two+words')
    const { text } = await bench.call('web_search', {
      query: 'two words',
      ...(provider === 'tavily' ? {} : { count: 1 }),
    })
    expect(text.startsWith('1. First result')).toBe(true)
  })

  it.each([
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [302, 'unavailable'],
  ])('says what %i means, without the key', async (status, code) => {
    await using site = await openSite({
      [path]: (_request, response) =>
        response.writeHead(status, { location: 'http://127.0.0.1:9/', 'retry-after': '7' }).end('{}'),
    })
    await using bench = await open(settings(site.url))
    const thrown: unknown = await bench.call('web_search', { query: 'two words' }).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code, ...(code === 'rate_limited' ? { retryAfterMs: 7000 } : {}) })
    expect(String(thrown)).not.toContain('key-1')
  })

  it('ends with the signal', async () => {
    await using site = await openSite({ [path]: () => {} })
    await using bench = await open(settings(site.url))
    const stop = new AbortController()
    const call = bench.call('web_search', { query: 'two words' }, { signal: stop.signal })
    stop.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  })
})

it.each(['brave', 'tavily'])('says that %s refuses the key', async (provider) => {
  const { path, answer } = services.find((one) => one.provider === provider)!
  await using site = await openSite({ [path]: answer })
  await using bench = await open({ search: { provider, url: site.url, key: 'wrong' } })
  await expect(bench.call('web_search', { query: 'a' })).rejects.toMatchObject({ code: 'unauthorized' })
})

it.each([
  [{ provider: 'brave' }, 'search.key'],
  [{ provider: 'tavily' }, 'search.key'],
  [{ provider: 'searxng' }, 'search.url'],
])('says what is missing: %j', async (search, what) => {
  await using bench = await open({ search })
  await expect(bench.call('web_search', { query: 'a' })).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(what),
  })
})

it('says that SearXNG gives no JSON yet, and that DuckDuckGo takes us for a program', async () => {
  await using site = await openSite({
    '/search': body('text/html', 'Forbidden', 403),
    // https://github.com/deedy5/ddgs/issues: the answer is 202 and a puzzle.
    '/html/': body('text/html', '<form id="challenge-form" action="//duckduckgo.com/anomaly.js">', 202),
  })
  const ask = async (provider: string) => {
    await using bench = await open({ search: { provider, url: site.url } })
    return await bench.call('web_search', { query: 'a' })
  }
  await expect(ask('searxng')).rejects.toMatchObject({ message: expect.stringContaining('search.formats') })
  await expect(ask('duckduckgo')).rejects.toMatchObject({ code: 'rate_limited' })
})

it('says that nothing was found, or that the answer is none', async () => {
  await using site = await openSite({ '/search': json({ results: [] }), '/a/search': body('text/html', '<p>hello') })
  await using nothing = await open({ search: { provider: 'searxng', url: site.url } })
  expect((await nothing.call('web_search', { query: 'a' })).text).toContain('Nothing was found')
  await using wrong = await open({ search: { provider: 'searxng', url: `${site.url}/a` } })
  await expect(wrong.call('web_search', { query: 'a' })).rejects.toMatchObject({ code: 'unavailable' })
})
