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
