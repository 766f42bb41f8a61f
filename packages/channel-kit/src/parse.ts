import type { Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

/** Parses Markdown with GitHub's tables, tasks, footnotes, strikethrough and bare links. Positions are always there. */
export function parse(markdown: string): Root {
  return fromMarkdown(markdown, { extensions: [syntax], mdastExtensions: tree })
}

const { text = {}, ...others } = gfm()

/** Bare e-mail addresses are tried at every letter, which doubles the time; platforms find them themselves. */
const syntax = {
  ...others,
  text: Object.fromEntries(
    Object.entries(text)
      .map(
        ([sign, constructs]) =>
          [sign, [constructs ?? []].flat().filter(({ name }) => name !== 'emailAutolink')] as const,
      )
      .filter(([, constructs]) => constructs.length > 0),
  ),
}

/** What looks for bare links a second time, in the finished tree, makes nodes without positions. */
const tree = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension)

/** So many signs in one paragraph, or so many nested blocks in one line, take the parser quadratic time. */
const tangled = { signs: 1500, nested: 32 }

/** Whether it is prose, as far as time goes: nobody writes more than 1,500 marks in a paragraph or nests 32 quotes. */
export function isSane(markdown: string): boolean {
  if (markdown.length < tangled.nested) return true
  if (nesting.test(markdown)) return false
  if (markdown.length < tangled.signs) return true
  return markdown.split(/\n[ \t]*\r?\n/).every((paragraph) => {
    let count = 0
    for (const _ of paragraph.matchAll(/\*+|_+|~+|[[\]]/g)) count++
    return count <= tangled.signs
  })
}

const nesting = new RegExp(String.raw`(?:^|[\r\n])(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){${tangled.nested}}`)
