import type { MethodParams, MethodResult } from '@openclaw/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser, openPage } from './browser.ts'
import { startScriptedGateway } from './scripted-gateway.ts'

type Usage = MethodResult<'usage.get'>
const spent = (key: string, costUsd: number, runs = 10) => ({
  key,
  runs,
  calls: runs * 2,
  input: 120_000,
  cached: 90_000,
  output: 8000,
  costUsd,
})
const nothing = { runs: 0, calls: 0, input: 0, cached: 0, output: 0, costUsd: 0 }
const today = { tokens: 1_500_000, costUsd: 8.5, limits: { tokens: 20_000_000, costUsd: 10 } }

describe.skipIf(!browserPath)('what was used, in a real browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  async function usageRoom(
    answer: (params: MethodParams<'usage.get'>) => Usage,
    options: Parameters<typeof openPage>[1] = {},
  ) {
    const gateway = await startScriptedGateway()
    gateway.answers['usage.get'] = answer
    const seen = await openPage(browser, options)
    await seen.page.goto(gateway.link())
    await seen.page.getByText('Connected').waitFor({ state: 'attached' })
    await seen.page.evaluate("location.hash = '#/usage'")
    await seen.page.getByRole('heading', { name: 'Usage', exact: true }).waitFor()
    const close = async () => {
      await seen.context.close()
      await gateway[Symbol.asyncDispose]()
    }
    return { ...seen, gateway, [Symbol.asyncDispose]: close }
  }

  const answer = ({ by, from = '' }: MethodParams<'usage.get'>): Usage => {
    const [year = 0, month = 1, date = 1] = from.split('-').map(Number)
    const at = new Date(year, month - 1, date + 2)
    const day = `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
    const rows =
      by === 'day'
        ? [spent(day, 4.25)]
        : by === 'sender'
          ? [spent('owner', 4), spent('telegram/default/4711 <b>Ada</b>', 0.25)]
          : [spent('openai/gpt-5-mini', 4.25)]
    return { rows, total: spent('', 4.25), today }
  }

  it('shows today against its limit, every day as a bar with its figures, and for whom it was', async () => {
    await using seen = await usageRoom(answer)
    const { page } = seen
    await page.getByText('$8.50').waitFor()
    expect(await page.locator('.today').getAttribute('data-level')).toBe('between')
    expect(await page.locator('.plot .bar').count()).toBe(30)
    expect(await page.locator('.plot tbody tr').count()).toBe(1)
    await page.getByRole('button', { name: '7 days' }).click()
    await page.waitForFunction("document.querySelectorAll('.plot .bar').length === 7")
    await page.getByRole('button', { name: 'People' }).click()
    await page.getByText('telegram/default/4711 <b>Ada</b>').waitFor()
    expect(await page.locator('.shares tbody tr').count()).toBe(2)
    expect(seen.complaints).toEqual([])
  })

  it('says so when nothing was used, and when it cannot be read', async () => {
    await using empty = await usageRoom(() => ({ rows: [], total: nothing, today }))
    await empty.page.getByText('Nothing was used in this time').waitFor()
    await using broken = await usageRoom(() => {
      throw Object.assign(new Error('the index cannot be read'), { code: 'internal' })
    })
    await broken.page.getByText('could not be read').waitFor()
  })

  it('fits a phone, in the dark', async () => {
    await using seen = await usageRoom(answer, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
    await seen.page.getByText('$8.50').waitFor()
    const wide = await seen.page.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(wide).toBe(false)
    expect(seen.complaints).toEqual([])
  })
})
