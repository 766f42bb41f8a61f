import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser, openPage } from './browser.ts'
import { ownSession as own, startScriptedGateway } from './scripted-gateway.ts'

const text = (said: string) => [{ type: 'text' as const, text: said }]

describe.skipIf(!browserPath)('the page in a real browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  /** A gateway with a page that is signed in, in its own profile. */
  async function signedIn(options: Parameters<typeof openPage>[1] = {}) {
    const gateway = await startScriptedGateway()
    const seen = await openPage(browser, options)
    await seen.page.goto(gateway.link())
    await seen.page.getByText('Connected').waitFor({ state: 'attached' })
    const close = async () => {
      await seen.context.close()
      await gateway[Symbol.asyncDispose]()
    }
    return { ...seen, gateway, message: seen.page.getByLabel('Message', { exact: true }), [Symbol.asyncDispose]: close }
  }

  it('S1: a one-time link signs in once, leaves no trace in the address, and no cookie', async () => {
    await using gateway = await startScriptedGateway()
    await using first = await openPage(browser)
    const link = gateway.link()
    const code = link.split('#link=')[1] ?? ''
    const addresses: string[] = []
    first.page.on('request', (request) => addresses.push(request.url()))
    first.page.on('websocket', (socket) => addresses.push(socket.url()))
    await first.page.goto(link)
    await first.page.getByText('Connected').waitFor()
    expect(first.page.url()).not.toContain(code)
    expect(addresses.join()).not.toContain(code)
    expect(await first.context.cookies()).toEqual([])
    await first.page.goBack().catch(() => null)
    expect(first.page.url()).not.toContain(code)
    await first.page.goto(gateway.url)
    await first.page.getByText('Connected').waitFor()
    await using second = await openPage(browser)
    await second.page.goto(link)
    await second.page.getByText('used up or older than ten minutes').waitFor()
    await second.page.getByText('openclaw open', { exact: true }).waitFor()
  })

  it('S1: addresses and tokens in the URL are not taken', async () => {
    await using gateway = await startScriptedGateway()
    await using seen = await openPage(browser)
    const sockets: string[] = []
    seen.page.on('websocket', (socket) => sockets.push(socket.url()))
    await seen.page.goto(`${gateway.url}?token=abc&gatewayUrl=ws://127.0.0.1:9/#token=abc&gateway=ws://127.0.0.1:9/`)
    await seen.page.getByText('has not been let in yet').waitFor()
    expect(sockets.every((url) => url === gateway.url.replace('http', 'ws').replace('control-ui/', ''))).toBe(true)
    expect(gateway.calls.flatMap(({ params }) => Object.keys((params as { auth?: object }).auth ?? {}))).toEqual([])
  })

  it('signing out forgets the token', async () => {
    await using seen = await signedIn()
    await seen.page.getByRole('button', { name: 'Sign out' }).click()
    await seen.page.getByText('has forgotten its token').first().waitFor()
    await seen.page.reload()
    await seen.page.getByText('has not been let in yet').waitFor()
    await seen.page.getByText('I have a link').click()
    await seen.page.getByLabel('Link, token or password').fill(seen.gateway.link())
    await seen.page.keyboard.press('Enter')
    await seen.page.getByText('Connected').waitFor()
  })

  it('an answer streams, and its durable lines take its place without being drawn anew', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    await seen.message.fill('What is here?')
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: /^You/ }).getByText('What is here?').waitFor()
    gateway.emit('agent.start', { run: 'r', model: 'openai/gpt-5', takes: [] }, own)
    gateway.emit('agent.text', { run: 'r', delta: 'Here **is**' }, own)
    await page.getByText('Here is').waitFor()
    await page.evaluate('document.querySelector(".answer p").kept = true')
    gateway.emit('agent.text', { run: 'r', delta: ' a file' }, own)
    gateway.add(own, 'assistant', {
      run: 'r',
      model: 'openai/gpt-5',
      stop: 'tool',
      content: [...text('Here **is** a file'), { type: 'call', id: 'c', name: 'bash', input: { command: 'ls -l' } }],
    })
    gateway.emit('agent.tool.start', { run: 'r', call: 'c', tool: 'bash', input: { command: 'ls -l' } }, own)
    await page.locator('.call').getByText('running').waitFor()
    await page.locator('.call summary').click()
    gateway.emit(
      'agent.tool.result',
      { run: 'r', call: 'c', tool: 'bash', content: text('notes.md'), failed: false },
      own,
    )
    gateway.add(own, 'tool', { run: 'r', call: 'c', tool: 'bash', content: text('notes.md') })
    await page.getByText('notes.md').waitFor()
    gateway.emit('agent.text', { run: 'r', delta: 'That is all.' }, own)
    gateway.add(own, 'assistant', { run: 'r', model: 'openai/gpt-5', stop: 'end', content: text('That is all.') })
    gateway.emit('agent.end', { run: 'r', outcome: 'answered' }, own)
    await page.getByText('That is all.').waitFor()
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
    expect(
      await page.evaluate('[document.querySelector(".answer p").kept, document.querySelector(".call").open]'),
    ).toEqual([true, true])
    expect(await page.getByRole('article', { name: /^Answer/ }).count()).toBe(1)
    expect(seen.complaints).toEqual([])
  })

  it('R2: what is written while the gateway is away is sent once when it is back, also after the page was loaded anew', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    gateway.breakOff(true)
    await page.locator('.pill[data-state=waiting]').waitFor()
    await seen.message.fill('Are you there?')
    await page.keyboard.press('Enter')
    await page.getByText('waits for the gateway').waitFor()
    await page.reload()
    await page
      .getByText('Are you there?')
      .first()
      .waitFor({ timeout: 100 })
      .catch(() => null)
    gateway.comeBack()
    await page.getByRole('article', { name: /^You/ }).getByText('Are you there?').waitFor()
    await page.getByText('waits for the gateway').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('article').getByText('Are you there?').waitFor()
    expect(gateway.journals.get(own)?.filter((line) => line.kind === 'user')).toHaveLength(1)
    const keys = gateway.calls.flatMap(({ method, params }) =>
      method === 'chat.send' ? [(params as { idempotencyKey: string }).idempotencyKey] : [],
    )
    expect(new Set(keys).size).toBe(1)
  })

  it('a tool call waits for a yes: the exact command, with what is hidden in it, and an answer by keyboard', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    const verdicts: unknown[] = []
    gateway.answers['approvals.resolve'] = (params) => {
      verdicts.push(params)
      gateway.emit('approval.resolved', params)
      return { ok: true }
    }
    const approval = {
      session: own,
      run: 'r',
      call: 'c',
      tool: 'bash',
      subject: 'rm \u202Etxt.seton',
      reason: 'You did not type it.',
      createdAt: Date.now(),
      expiresAt: Date.now() + 60_000,
    }
    gateway.emit('approval.requested', { ...approval, id: 'a1' }, own)
    await page.getByText('rm ⟨U+202E⟩txt.seton').waitFor()
    expect(await page.title()).toBe('(1) OpenClaw')
    await page.keyboard.press('Alt+y')
    await page.getByText('rm ⟨U+202E⟩').waitFor({ state: 'detached' })
    gateway.emit('approval.requested', { ...approval, id: 'a2' }, own)
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('group', { name: 'Approval for bash' }).waitFor({ state: 'detached' })
    expect(verdicts).toEqual([
      { id: 'a1', verdict: 'allow' },
      { id: 'a2', verdict: 'deny' },
    ])
    gateway.emit('approval.requested', { ...approval, id: 'a3', session: `${own}:thread:x` }, `${own}:thread:x`)
    await page.getByText('waits for your yes in another session').waitFor()
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('group', { name: 'Approval for bash' }).waitFor()
  })

  it('a stranger is admitted, made the owner, or refused', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    const decided: unknown[] = []
    gateway.answers['pairing.approve'] = (params) => (
      decided.push(params),
      { channel: params.channel, sender: '1', role: 'member' }
    )
    gateway.answers['pairing.reject'] = (params) => (decided.push(params), { ok: true })
    for (const [code, button] of [
      ['AAAA2222', 'Approve as member'],
      ['BBBB3333', 'This is me'],
      ['CCCC4444', 'Reject'],
    ] as const) {
      gateway.emit('pairing.requested', {
        channel: 'telegram',
        account: 'default',
        sender: '4815',
        name: 'Mira',
        code,
        createdAt: Date.now(),
        expiresAt: Date.now() + 3_600_000,
      })
      await page.getByText(code).waitFor()
      await page.getByRole('button', { name: button }).click()
      await page.getByText(code).waitFor({ state: 'detached' })
    }
    expect(decided).toEqual([
      { channel: 'telegram', code: 'AAAA2222' },
      { channel: 'telegram', code: 'BBBB3333', owner: true },
      { channel: 'telegram', code: 'CCCC4444' },
    ])
  })

  it('the first run ends with a model that answered; the key is nowhere in the browser afterwards', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    let current = 'offline/assistant'
    let works = false
    gateway.answers['models.list'] = ({ discover, provider }) => ({
      current,
      models: provider === 'openai' ? [{ id: 'openai/one' }, { id: 'openai/two' }] : [],
      offers: discover
        ? [
            {
              provider: 'openai',
              label: 'Ollama on this machine',
              config: { baseUrl: 'http://127.0.0.1:11434/v1' },
              models: ['llama'],
            },
          ]
        : [],
      problems: [],
    })
    gateway.answers['models.auth'] = ({ provider }) => ({ provider })
    gateway.answers['models.test'] = () =>
      works ? { ok: true, text: 'yes', ms: 420 } : { ok: false, message: 'openai: the key was refused', ms: 90 }
    gateway.answers['models.set'] = ({ model }) => {
      current = model
      return { model }
    }
    await page.reload()
    await page.getByText('Ollama on this machine').waitFor()
    await page.getByLabel('Key').fill('sk-canary-1234567890')
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByLabel('Model', { exact: true }).fill('openai/two')
    await page.getByRole('button', { name: 'Try it and use it' }).click()
    await page.getByText('the key was refused').waitFor()
    works = true
    await page.getByRole('button', { name: 'Try it and use it' }).click()
    await page.getByText('openai/two answered in 0.4 s').waitFor()
    await page.getByText('Give your agent a model').waitFor({ state: 'detached' })
    expect(gateway.calls.filter(({ method }) => method === 'models.auth').map(({ params }) => params)).toEqual([
      {
        provider: 'openai',
        config: { baseUrl: 'https://api.openai.com/v1' },
        secrets: { key: 'sk-canary-1234567890' },
      },
    ])
    const traces = await page.evaluate(
      'document.documentElement.outerHTML + [...document.querySelectorAll("input")].map(i => i.value) + JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href',
    )
    expect(traces).not.toContain('canary')
  })

  it('the model and the thinking level of a chat are chosen by keyboard, and a model can be set up from there', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    gateway.add(own, 'user', { text: 'hi' })
    await page.getByRole('button', { name: 'gpt-5', exact: true }).press('Enter')
    await page.getByRole('option', { name: 'Default' }).press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'gpt-5-mini' }).press('Enter')
    await page.getByText('High').click()
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.className')).toContain('choice')
    expect(gateway.calls.filter(({ method }) => method === 'sessions.patch').map(({ params }) => params)).toEqual([
      { session: own, model: 'openai/gpt-5-mini' },
      { session: own, thinking: 'high' },
    ])
    await page.getByRole('button', { name: 'gpt-5-mini' }).press('Enter')
    await page.getByRole('button', { name: 'Set up a model' }).click()
    await page.getByRole('dialog', { name: 'Set up a model' }).getByLabel('Provider').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Set up a model' }).waitFor({ state: 'detached' })
  })

  it('sessions are found, renamed, begun anew and deleted, and each keeps its draft', async () => {
    await using seen = await signedIn()
    const { page, gateway, message } = seen
    gateway.put(own, 'user', { text: 'About the garden' })
    gateway.put(`${own}:thread:b`, 'user', { text: 'About the boat' })
    await page.reload()
    await page.getByRole('button', { name: /^About the boat/ }).click()
    await message.fill('half a thought')
    await page.getByRole('button', { name: /^About the garden/ }).click()
    expect(await message.inputValue()).toBe('')
    await page.goBack()
    await page.getByRole('heading', { name: 'About the boat' }).waitFor()
    expect(await message.inputValue()).toBe('half a thought')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('boat')
    await page.getByRole('button', { name: /^About the garden/ }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'More for About the boat' }).press('Enter')
    await page.locator('[role=menuitem]:focus').press('Enter')
    await page.getByLabel('Title').fill('The boat')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The boat' }).waitFor()
    await page.getByRole('button', { name: 'More for The boat' }).click()
    await page.getByRole('menuitem', { name: 'Begin anew' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Begin anew' }).click()
    await page.getByRole('separator', { name: /^New conversation/ }).waitFor()
    await page.getByRole('button', { name: 'More for The boat' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: /^The boat/ }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'New chat' }).click()
    await message.fill('first words')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'first words' }).waitFor()
    expect([...gateway.journals.keys()].some((key) => new RegExp(`^${own}:thread:[0-9a-f]{32}$`).test(key))).toBe(true)
  })

  it('stops with Escape, breaks the line with Shift+Enter, and sends files', async () => {
    await using seen = await signedIn()
    const { page, gateway, message } = seen
    gateway.emit('agent.start', { run: 'r', model: 'm', takes: [] }, own)
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    await message.press('Escape')
    await expect.poll(() => gateway.calls.some(({ method }) => method === 'chat.abort')).toBe(true)
    gateway.emit('agent.end', { run: 'r', outcome: 'aborted' }, own)
    await message.fill('one')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('two')
    await page.locator('input[type=file]').setInputFiles([
      { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('héllo') },
      { name: 'b.bin', mimeType: '', buffer: Buffer.from([0, 255]) },
    ])
    await page.getByRole('button', { name: 'Do not send b.bin' }).click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('article').getByText('a.txt').waitFor()
    const sent = gateway.calls.find(({ method }) => method === 'chat.send')?.params as {
      message: string
      attachments: unknown
    }
    expect(sent).toMatchObject({
      message: 'one\ntwo',
      attachments: [{ name: 'a.txt', mime: 'text/plain', data: Buffer.from('héllo').toString('base64') }],
    })
  })

  it('older lines come in above without moving what is read', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    for (let index = 1; index <= 300; index += 1) gateway.put(own, 'user', { text: `message number ${index}` })
    await page.reload()
    await page.getByText('message number 300').waitFor()
    expect(await page.getByText('message number 150', { exact: true }).count()).toBe(0)
    await page.getByText('message number 190', { exact: true }).scrollIntoViewIfNeeded()
    const before = await page.getByText('message number 190', { exact: true }).boundingBox()
    await page.getByText('message number 150', { exact: true }).waitFor({ state: 'attached' })
    const after = await page.getByText('message number 190', { exact: true }).boundingBox()
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(4)
    gateway.add(own, 'user', { text: 'news' })
    await page.getByText('news', { exact: true }).first().waitFor({ state: 'attached' })
    expect(await page.getByText('message number 190', { exact: true }).boundingBox()).toEqual(after)
    await page.getByRole('button', { name: 'To the newest message' }).click()
    await expect.poll(async () => page.getByRole('log').getByText('news', { exact: true }).isVisible()).toBe(true)
  })

  it.each([
    [360, 740],
    [390, 844],
  ])('fits a phone of %i by %i: nothing sticks out, everything can be reached', async (width, height) => {
    await using seen = await signedIn({ viewport: { width, height }, hasTouch: true, isMobile: true })
    const { page, gateway } = seen
    gateway.put(own, 'user', { text: `a ${'very'.repeat(60)} long word` })
    gateway.put(own, 'assistant', {
      run: 'r',
      model: 'm',
      stop: 'end',
      content: text(
        `| a | b | c | d |\n|---|---|---|---|\n| ${'x'.repeat(30)} | ${'y'.repeat(30)} | z | z |\n\n\`\`\`\n${'long '.repeat(50)}\n\`\`\`\n\n${'w'.repeat(200)}`,
      ),
    })
    gateway.answers['models.list'] = ({ discover }) => ({
      current: 'offline/assistant',
      models: [],
      offers: discover
        ? [
            {
              provider: 'openai',
              label: 'A very long name of an offer that was noticed',
              config: {},
              models: ['m'.repeat(80)],
            },
          ]
        : [],
      problems: [],
    })
    await page.reload()
    await page.getByRole('button', { name: 'Choose a model' }).click()
    await page.getByText('A very long name').waitFor()
    const sticksOut = () =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('body *')].filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.right > innerWidth + 1 && getComputedStyle(e).visibility !== 'hidden' && !e.closest('pre, .table, .notice') }).map(e => e.getAttribute('class') || e.tagName)`,
      )
    expect(await sticksOut()).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await sticksOut()).toEqual([])
    await page.getByRole('button', { name: 'Open the sessions' }).click()
    await page.getByRole('link', { name: 'Status' }).waitFor()
    expect(await sticksOut()).toEqual([])
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.locator('.picker > button').click()
    await page.getByRole('listbox').waitFor()
    expect(await sticksOut()).toEqual([])
    expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBe(width)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open the sessions' }).click()
    await page.getByRole('link', { name: 'Status' }).click()
    await page.getByRole('heading', { name: 'Status' }).waitFor()
    await page.getByRole('button', { name: 'Open the sessions' }).click()
    await page.getByRole('button', { name: 'Close the sessions and rooms' }).click()
    await page.getByRole('link', { name: 'Chat' }).waitFor({ state: 'hidden' })
  })

  it('every control has a name, and the keyboard reaches the conversation first', async () => {
    await using seen = await signedIn()
    const { page, gateway } = seen
    gateway.add(own, 'user', { text: 'hi' })
    gateway.add(own, 'assistant', {
      run: 'r',
      model: 'm',
      stop: 'end',
      content: [...text('```js\nx\n```'), { type: 'call', id: 'c', name: 'bash', input: { command: 'ls' } }],
    })
    await page.locator('.call').waitFor()
    const nameless = await page.evaluate<string[]>(
      `[...document.querySelectorAll('button, a, input:not([hidden]), textarea, select')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label'))).map(e => e.outerHTML)`,
    )
    expect(nameless).toEqual([])
    await page.locator('a').first().focus()
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
  })
})
