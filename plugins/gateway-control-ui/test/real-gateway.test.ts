import { callTool, say, testKernel, think, toolPlugin } from '@openclaw/testing'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import manifest from '../package.json' with { type: 'json' }
import { browserPath, openBrowser, openPage } from './browser.ts'

const plugin = {
  package: manifest,
  load: { gateway: () => import('../src/gateway.ts'), config: () => import('../src/config.ts') },
}

describe.skipIf(!browserPath)('the page and a real gateway', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it('S1: from a one-time link to an answer with a tool call, which is there again after a reload', async () => {
    await using house = await testKernel({
      listen: true,
      plugins: [
        plugin,
        toolPlugin('looking', [
          {
            name: 'look',
            description: 'Looks.',
            effect: 'read',
            input: Type.Object({ path: Type.String() }),
            run: async () => ({ content: [{ type: 'text', text: 'a file called notes.md' }] }),
          },
        ]),
      ],
      script: [[think('I should look.'), callTool('look', { path: '.' })], say('There is **one** file: `notes.md`.')],
    })
    await using seen = await openPage(browser)
    const { page } = seen
    await page.goto(new URL(`/control-ui/${new URL(house.kernel.link().url).hash}`, house.kernel.address).href)
    await page.getByText('Connected').waitFor()
    expect(page.url()).not.toContain('link=')
    await page.getByLabel('Message', { exact: true }).fill('What is here?')
    await page.keyboard.press('Enter')
    await page.getByText('There is one file: notes.md.').waitFor()
    await page.locator('.call').getByText('look').waitFor()
    await page.reload()
    await page.getByText('There is one file: notes.md.').waitFor()
    await page.locator('.call summary').click()
    await page.getByText('a file called notes.md').waitFor()
    expect(await page.getByRole('article').count()).toBe(2)
    await page.getByRole('link', { name: 'Status' }).click()
    await page.getByText('Control page').waitFor()
    expect(seen.complaints).toEqual([])
  })
})
