import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LLMock } from '@copilotkit/aimock'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openclaw, startGateway, temporaryHome } from './gateway.ts'

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})
afterAll(() => browser.close())

/** A person's window, and everything in it that nobody should ever see. */
async function openWindow(url: string): Promise<{ page: Page; complaints: string[] } & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}

async function say(page: Page, text: string): Promise<void> {
  const box = page.getByLabel('Message', { exact: true })
  await box.fill(text)
  await box.press('Enter')
}

/** A picture for the README, made anew with `PICTURES=1 npm test -- test/e2e/page`. */
async function picture(page: Page, name: string): Promise<void> {
  if (!process.env['PICTURES']) return
  const folder = join(import.meta.dirname, '../../docs/pictures')
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

const answer = `Four files, all of them yours to change:

| file | says |
| --- | --- |
| \`AGENTS.md\` | how I work |
| \`SOUL.md\` | who I am |
| \`TOOLS.md\` | what is special about the tools here |
| \`USER.md\` | who you are; only your own sessions see it |

Tell me your name and I will put it into \`USER.md\`.`

describe('from a fresh home to a conversation, in a real browser', () => {
  it('A1 A3 A4 A33 A49 A50 A58 A78: the printed link leads to a chat whose turns stand in a readable journal', async () => {
    await using home = await temporaryHome()
    await using gateway = await startGateway(home.path)
    await using window = await openWindow(gateway.link)
    const { page } = window
    await page.getByText('Connected').waitFor()
    expect(page.url()).not.toContain('link=')

    await say(page, 'run ls')
    await page
      .getByRole('article', { name: /^Answer/ })
      .getByText('AGENTS.md')
      .first()
      .waitFor()

    // It reads what is in the files, and has what is still on its way there written first.
    const verified = await openclaw(home.path, 'sessions', 'verify', '--json')
    expect(verified.code, verified.err).toBe(0)
    expect(JSON.parse(verified.out)).toMatchObject({ whole: true })
    const folder = join(home.path, 'sessions', 'main')
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
    const lines = (await readFile(join(folder, file!), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string })
    expect(lines.map(({ kind }) => kind)).toEqual([
      'session',
      'user',
      'run',
      'system',
      'assistant',
      'intent',
      'tool',
      'assistant',
    ])
    expect(window.complaints).toEqual([])
  })

  it('S1: the link works once', async () => {
    await using home = await temporaryHome()
    await using gateway = await startGateway(home.path)
    {
      await using first = await openWindow(gateway.link)
      await first.page.getByText('Connected').waitFor()
    }
    await using second = await openWindow(gateway.link)
    await second.page
      .getByText(/openclaw open/)
      .first()
      .waitFor()
    expect(await second.page.getByText('Connected').count()).toBe(0)
  })

  it(
    'A8 A59 A93: a model chosen on the first-run card answers, and its key is never shown again',
    { timeout: 90_000 },
    async () => {
      const mock = new LLMock({ port: 0 })
      mock.on({ hasToolResult: true }, { content: answer })
      mock.on({ userMessage: 'What is in my workspace?' }, { toolCalls: [{ name: 'list', arguments: '{"path":"."}' }] })
      mock.on({}, { content: 'Good morning. I am here.' })
      await mock.start()
      try {
        await using home = await temporaryHome()
        await using gateway = await startGateway(home.path)
        await using window = await openWindow(gateway.link)
        const { page } = window
        const card = page.getByRole('region', { name: 'Set up a model' })
        await card.getByLabel('Provider').selectOption({ label: 'Another address' })
        await card.getByRole('textbox', { name: 'Address' }).fill(`${mock.url}/v1`)
        await card.getByLabel('Key').fill('sk-canary-never-shown')
        await card.getByRole('button', { name: 'Connect' }).click()
        await card.getByText(/Connected/).waitFor()
        await card.getByLabel('Model').fill('gpt-4o')
        await picture(page, 'first-run')
        await card.getByRole('button', { name: 'Try it and use it' }).click()
        await card.waitFor({ state: 'detached' })

        await say(page, 'Good morning!')
        await page
          .getByRole('article', { name: /^Answer/ })
          .getByText('I am here')
          .waitFor()
        await say(page, 'What is in my workspace?')
        await page.getByRole('cell', { name: 'who I am' }).waitFor()
        await page.getByText('It is your agent’s model now').waitFor({ state: 'detached' })
        await picture(page, 'chat')

        expect(await page.content()).not.toContain('sk-canary-never-shown')
        const config = await readFile(join(home.path, 'openclaw.json'), 'utf8')
        expect(config).toContain(mock.url)
        expect(config).not.toContain('sk-canary-never-shown')
        const shown = await openclaw(home.path, 'config', 'get', '--json')
        expect(shown.out).not.toContain('sk-canary-never-shown')
        expect(window.complaints).toEqual([])
      } finally {
        await mock.stop()
      }
    },
  )
})
