import type { MethodResult } from '@openclaw/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostile } from '../page/test/hostile.ts'
import { browserPath, openBrowser, openPage } from './browser.ts'
import { ownSession as own, startScriptedGateway } from './scripted-gateway.ts'

const now = Date.now()
const usage = { input: 1, cached: 0, output: 1 }

/** What a script that got through would leave behind, and whatever would let one through. */
const traces = `(() => {
  const odd = [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style' && !['TEXTAREA', 'DIALOG'].includes(e.tagName) || a.name === 'srcdoc' || ['href', 'src', 'action', 'data'].includes(a.name) && !/^(https?:|mailto:|\\.\\/|#\\/|#main)/.test(a.value)))
  const foreign = [...document.querySelectorAll('iframe, object, embed, base, meta[http-equiv], form[action], template, video, img, math, animate, style')]
  const scripts = [...document.scripts].filter(s => !s.src.startsWith(location.origin + '/control-ui/assets/'))
  return { ran: globalThis.pwned ?? 0, stopped: globalThis.stopped, odd: odd.map(e => e.outerHTML), foreign: foreign.map(e => e.outerHTML), scripts: scripts.length, at: location.origin + location.pathname }
})()`
const poke = `(() => {
  for (const fold of document.querySelectorAll('details')) fold.open = true
  for (const element of document.querySelectorAll('main *, aside *, dialog *')) {
    if (element.closest('form, .approval, .banner, .menu') === null && element.tagName !== 'BUTTON') for (const name of ['mouseover', 'focus', 'load', 'error', 'toggle']) element.dispatchEvent(new Event(name, { bubbles: true }))
  }
})()`

describe.skipIf(!browserPath)('S16: text is never markup', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  async function hostilePage() {
    const gateway = await startScriptedGateway()
    const seen = await openPage(browser)
    await seen.page.addInitScript(
      `globalThis.stopped = []; addEventListener('securitypolicyviolation', event => globalThis.stopped.push(event.violatedDirective + ' ' + event.blockedURI))`,
    )
    const strange: string[] = []
    seen.page.on('request', (request) => {
      if (!request.url().startsWith(gateway.url)) strange.push(request.url())
    })
    const close = async () => {
      await seen.context.close()
      await gateway[Symbol.asyncDispose]()
    }
    const clean = async () => {
      expect(await seen.page.evaluate(traces)).toEqual({
        ran: 0,
        stopped: [],
        odd: [],
        foreign: [],
        scripts: 0,
        at: gateway.url,
      })
      expect(seen.complaints).toEqual([])
      expect(strange).toEqual([])
    }
    return { ...seen, gateway, clean, [Symbol.asyncDispose]: close }
  }

  it(`S16: ${hostile.length} payloads through every field of the journal run nothing`, async () => {
    await using seen = await hostilePage()
    const { gateway, page } = seen
    for (const [index, bad] of hostile.entries()) {
      const run = `r${index}`
      gateway.put(
        own,
        'user',
        { text: bad, sender: { id: bad, name: bad }, attachments: [{ ref: bad, mime: bad, name: bad, sizeBytes: 1 }] },
        { origin: { channel: bad, account: bad, peer: { kind: 'direct', id: bad }, message: bad } },
      )
      gateway.put(own, 'reaction', { message: bad, emoji: bad })
      gateway.put(own, 'assistant', {
        run,
        model: bad,
        stop: 'end',
        usage,
        content: [
          { type: 'thinking', text: bad },
          { type: 'text', text: bad },
          { type: 'call', id: run, name: bad, input: { command: bad, [bad]: bad, deep: { [bad]: [bad] } } },
        ],
      })
      gateway.put(own, 'tool', {
        run,
        call: run,
        tool: bad,
        failed: index % 2 === 0,
        content: [
          { type: 'text', text: bad },
          { type: 'file', ref: bad, mime: bad, name: bad },
        ],
      })
      gateway.put(own, 'note', { text: bad, label: bad })
      gateway.put(own, 'end', { run, outcome: 'failed', failure: { code: 'internal', message: bad } })
      if (index % 10 === 0) gateway.put(own, 'checkpoint', { reason: 'compaction', summary: bad })
      gateway.put(own, 'settings', { model: bad })
    }
    const all = gateway.journals.get(own) ?? []
    gateway.answers['chat.history'] = ({ after = 0 }) => ({ lines: after ? [] : all, more: false, running: [] })
    await page.goto(gateway.link())
    await page
      .getByRole('article')
      .nth(hostile.length * 2)
      .waitFor({ timeout: 60_000 })
    await page.evaluate(poke)
    await page.locator('.fold-body').nth(hostile.length).waitFor({ state: 'attached', timeout: 60_000 })
    await page.evaluate(poke)
    await seen.clean()
    const links = await page.evaluate<string[]>(
      `[...new Set([...document.querySelectorAll('article a')].map(link => [link.protocol, link.rel, link.target].join()))]`,
    )
    expect(links.filter((one) => !/^(?:https?|mailto):,noopener noreferrer,_blank$/.test(one))).toEqual([])
    expect(links.length).toBeGreaterThan(0)
    expect(await page.evaluate(`[...document.querySelectorAll('.bubble')].map(one => one.textContent)`)).toEqual(
      hostile,
    )
  }, 120_000)

  it('S16: payloads in streams, sessions, approvals, pairing, models and the status run nothing', async () => {
    await using seen = await hostilePage()
    const { gateway, page } = seen
    const some = hostile.filter((_, index) => index % 25 === 0)
    const [first = ''] = some
    for (const [index, bad] of some.entries())
      gateway.infos.set(`agent:main:${bad}:default:${index}`, { title: bad, channel: bad, agent: bad })
    gateway.answers['sessions.list'] = () => ({
      sessions: some.map((bad, index) => ({
        key: `k${index}`,
        agent: bad,
        channel: bad,
        account: bad,
        title: bad,
        createdAt: now,
        updatedAt: now,
        lines: 1,
        bytes: 1,
        damaged: 1,
        running: true,
        settings: { title: bad, model: bad },
        usage,
        file: bad,
      })),
      total: some.length,
    })
    gateway.answers['models.list'] = () => ({
      current: 'offline/assistant',
      models: some.map((id) => ({ id })),
      offers: some.map((label) => ({
        provider: label,
        label,
        config: { [label]: label },
        env: label,
        models: [label],
      })),
      problems: some.map((provider) => ({ provider, message: provider })),
    })
    gateway.answers['approvals.list'] = () => ({
      approvals: some.map((bad, index) => ({
        id: `a${index}`,
        session: own,
        run: bad,
        call: bad,
        tool: bad,
        subject: bad,
        reason: bad,
        createdAt: now,
        expiresAt: now + 60_000,
      })),
    })
    gateway.answers['pairing.list'] = () => ({
      requests: some.map((bad, index) => ({
        channel: bad,
        account: bad,
        sender: bad,
        name: bad,
        code: `${index}${bad}`,
        createdAt: now,
        expiresAt: now + 60_000,
      })),
    })
    const account = (bad: string): MethodResult<'status'>['accounts'][number] => ({
      channel: bad,
      account: bad,
      state: 'offline',
      detail: bad,
      since: now,
      attempts: 1,
    })
    gateway.answers['status'] = () => ({
      version: first,
      pid: 1,
      uptimeMs: 1,
      address: first,
      home: first,
      auth: first,
      memoryMb: 1,
      agentProcess: { state: 'parked', restarts: 1, reason: first },
      model: first,
      accounts: [],
      sessions: 1,
      running: 1,
      owed: { accepts: 1, handovers: 0, deliveries: 1, held: 0, parked: 0, dead: 1, approvals: 1, pairings: 1 },
      problems: [...some],
    })
    gateway.answers['plugins.list'] = () => ({
      plugins: some.map((bad) => ({
        id: bad,
        name: bad,
        version: bad,
        label: bad,
        hooks: [bad],
        source: 'installed',
        state: 'parked',
        reason: bad,
        holds: [bad],
        permissions: { network: [bad], methods: [bad] },
      })),
    })
    gateway.answers['channels.status'] = () => ({ accounts: some.map(account) })
    await page.goto(gateway.link())
    await page
      .locator('.approval')
      .nth(some.length - 1)
      .waitFor()
    for (const [index, bad] of some.entries()) {
      gateway.emit('agent.start', { run: `r${index}`, model: bad, takes: [bad] }, own)
      gateway.emit('agent.thinking', { run: `r${index}`, delta: bad }, own)
      gateway.emit('agent.text', { run: `r${index}`, delta: bad }, own)
      gateway.emit('agent.tool.start', { run: `r${index}`, call: bad, tool: bad, input: bad }, own)
      gateway.emit(
        'agent.tool.progress',
        { run: `r${index}`, call: bad, tool: bad, content: [{ type: 'text', text: bad }] },
        own,
      )
    }
    await page
      .locator('.call')
      .nth(some.length - 1)
      .waitFor({ state: 'attached' })
    await page.locator('.picker > button').click()
    await page.evaluate(poke)
    await seen.clean()
    await page.goto(`${gateway.url}#/status`)
    await page.getByRole('heading', { name: 'Problems' }).waitFor()
    await page.evaluate(poke)
    await seen.clean()
    for (const bad of some) {
      await page.goto(`${gateway.url}#/chat/${encodeURIComponent(bad)}`)
      await page.evaluate(`location.hash = ${JSON.stringify(bad)}`)
    }
    await seen.clean()
  }, 90_000)

  it('S16: the policy would stop what the page does not: inline scripts, markup from text, frames, other origins', async () => {
    await using seen = await hostilePage()
    const { gateway, page } = seen
    await page.goto(gateway.link())
    await page.getByText('Connected').waitFor()
    const tried = await page.evaluate<string[]>(`(async () => {
      const failed = []
      const attempt = async (name, act) => { try { await act() } catch { failed.push(name) } }
      await attempt('innerHTML', () => { document.createElement('div').innerHTML = '<img src=x onerror=pwned=1>' })
      await attempt('fetch', () => fetch('https://evil.example/'))
      const script = document.createElement('script')
      await attempt('script', () => { script.textContent = 'globalThis.pwned = 1'; document.head.append(script) })
      return failed
    })()`)
    expect(tried).toEqual(['innerHTML', 'fetch', 'script'])
    expect(await page.evaluate('globalThis.pwned ?? 0')).toBe(0)
  })
})
