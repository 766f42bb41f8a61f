import { measure, renderMarkdown, type Limit, type Markup } from '@openclaw/channel-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documents } from './documents.ts'

/** A platform's markup, and how the platform reads it. */
export interface MarkupFixture {
  readonly name: string
  readonly markup: Markup
  readonly limit: Limit
  /** What a person sees of a message: signs taken away, escapes undone. Those of quotes may stay or go. */
  visible(rendered: string): string
  /** Whether everything that is opened in a message is closed there; for markups that can be wrong in this. */
  balanced?(rendered: string): boolean
}

/** How many documents; `pnpm soak --documents 100000` sets it. */
const runs = Number(process.env['OPENCLAW_DOCUMENTS'] ?? 10_000)

/** A soak on a busy machine takes its time. */
const patience = 3_600_000

/** Messages shorter than this have no room for a link and its address, or a row and its header. */
const roomy = 80

/**
 * What every platform's markup must hold to, on random documents and random limits in the platform's own unit. Call it in
 * the plugin's `test/markup.test.ts`.
 */
export function markupConformance({ name, markup, limit, visible, balanced }: MarkupFixture): void {
  const { unit } = limit

  /** What is wrong with the messages of a document, in words. */
  function problems(markdown: string, max: number): string[] {
    const found: string[] = []
    const pieces = renderMarkdown(markdown, markup, { max, unit })
    let end = 0
    for (const { text, source } of pieces) {
      if (source.start !== end || source.end <= source.start)
        found.push(`bounds ${source.start}–${source.end} after ${end}`)
      end = source.end
      const length = measure(text, unit)
      if (length > max) found.push(`${length} ${unit} are more than ${max}: ${JSON.stringify(text)}`)
      if (text.trim() === '') found.push('an empty message')
      if (!text.isWellFormed()) found.push('half of a surrogate pair')
      if (balanced?.(text) === false) found.push(`not balanced: ${JSON.stringify(text)}`)
    }
    if (pieces.length > 0 && end !== markdown.length) found.push(`the bounds end at ${end} of ${markdown.length}`)
    if (pieces.length > 0 && markdown.trim() === '') found.push('a message of nothing')
    // What is not cut is the whole.
    if (max < roomy || pieces.length === 1) return found

    const whole = renderMarkdown(markdown, markup, { max: Number.POSITIVE_INFINITY, unit })
    if (whole.length > 1) found.push('cut without a limit')
    const seen = pieces.flatMap(({ text }) => graphemesOf(visible(text)))
    const wanted = whole.flatMap(({ text }) => graphemesOf(visible(text)))
    if (!(markdown.includes('|') ? isWithin(wanted, seen) : wanted.join(' ') === seen.join(' ')))
      found.push(`seen in pieces: ${seen.join('')}\nseen as a whole: ${wanted.join('')}`)
    return found
  }

  function check(markdown: string, max: number): void {
    const found = problems(markdown, max)
    if (found.length > 0) throw new Error(found.join('\n'))
  }

  describe(`markup conformance: ${name}`, () => {
    it(
      `writes ${runs} random documents within random limits, whole, balanced, without cutting a grapheme`,
      () => {
        const limits = fc.oneof(
          { weight: 1, arbitrary: fc.integer({ min: 8, max: roomy - 1 }) },
          { weight: 4, arbitrary: fc.integer({ min: roomy, max: 2 * roomy }) },
          { weight: 1, arbitrary: fc.constant(limit.max) },
        )
        fc.assert(fc.property(documents, limits, check), { numRuns: runs })
      },
      patience,
    )

    it(
      'writes documents of many messages at its own limit',
      () => {
        const long = fc.array(documents, { minLength: 40, maxLength: 40 }).map((parts) => parts.join('\n\n'))
        fc.assert(fc.property(long, fc.constant(limit.max), check), { numRuns: Math.ceil(runs / 500) })
      },
      patience,
    )

    it('writes a document of 1 MB in less than 2 s', () => {
      const part =
        '## Title\n\nSome **bold** prose with `code`, [a link](https://example.com) & signs.\n\n- one\n- two\n\n'
      const began = process.threadCpuUsage()
      renderMarkdown(part.repeat(1e6 / part.length), markup, limit)
      expect(process.threadCpuUsage(began).user / 1e6).toBeLessThan(2)
    }, 30_000)
  })
}

const segmenter = new Intl.Segmenter()

/** The graphemes of a text, without white space, what is never drawn, and the signs of rulers and quotes. */
function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment.replace(ignored, '')).filter((one) => one !== '')
}

const ignored = /[\s\p{Default_Ignorable_Code_Point}|>-]/gu

/** Whether all of a list stands in another in order: a table that is cut repeats its header. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const one of whole) if (one === part[at]) at++
  return at === part.length
}
