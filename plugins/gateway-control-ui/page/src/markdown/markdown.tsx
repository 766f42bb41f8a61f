import type { ComponentChildren, JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { CopyButton } from '../parts/copy-button.tsx'
import { type Align, type Block, type Item, parseMarkdown } from './blocks.ts'
import type { Inline } from './inline.ts'

/** Text of a model or a person as elements. Nothing in it ever becomes markup of its own: every node is made here. */
export function Markdown({ text }: { text: string }): JSX.Element {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  return (
    <div class="markdown" dir="auto">
      {blocks.map(renderBlock)}
    </div>
  )
}

/** One block as a vnode; the index is its key, so that text that grows leaves the blocks before it alone. */
export function renderBlock(block: Block, key: number): JSX.Element {
  switch (block.type) {
    case 'paragraph':
      return <p key={key}>{renderInline(block.inline)}</p>
    case 'heading':
      return heading(block.level, renderInline(block.inline), key)
    case 'code':
      return <CodeBlock key={key} language={block.language} text={block.text} />
    case 'quote':
      return <blockquote key={key}>{block.blocks.map(renderBlock)}</blockquote>
    case 'list':
      return block.start === undefined ? (
        <ul key={key}>{block.items.map(renderItem)}</ul>
      ) : (
        <ol key={key} start={block.start}>
          {block.items.map(renderItem)}
        </ol>
      )
    case 'table':
      return <Table key={key} block={block} />
    case 'rule':
      return <hr key={key} />
  }
}

/** Levels begin below the page's own headings. */
function heading(level: number, children: ComponentChildren, key: number): JSX.Element {
  if (level === 1) return <h3 key={key}>{children}</h3>
  if (level === 2) return <h4 key={key}>{children}</h4>
  return <h5 key={key}>{children}</h5>
}

function renderItem(item: Item, key: number): JSX.Element {
  const [first, ...rest] = item.blocks
  // A single paragraph stands in the item itself, as in a tight list.
  const content =
    first?.type === 'paragraph'
      ? [<span key="text">{renderInline(first.inline)}</span>, ...rest.map(renderBlock)]
      : item.blocks.map(renderBlock)
  if (item.checked === undefined) return <li key={key}>{content}</li>
  return (
    <li key={key} class="task">
      <input type="checkbox" checked={item.checked} disabled aria-label={item.checked ? 'done' : 'open'} />
      <div>{content}</div>
    </li>
  )
}

function Table({ block }: { block: Extract<Block, { type: 'table' }> }): JSX.Element {
  const side = (index: number) => alignClass(block.align[index])
  return (
    <div class="table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {block.head.map((cell, index) => (
              <th key={index} scope="col" class={side(index)}>
                {renderInline(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index} class={side(index)}>
                  {renderInline(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function alignClass(align: Align): string | undefined {
  return align && `align-${align}`
}

function CodeBlock({ language, text }: { language: string; text: string }): JSX.Element {
  return (
    <figure class="code">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton text={text} label="Copy code" />
      </figcaption>
      <pre tabIndex={0} dir="ltr">
        <code>{text}</code>
      </pre>
    </figure>
  )
}

/** Inline nodes as vnodes. */
export function renderInline(inline: readonly Inline[]): ComponentChildren {
  return inline.map((one, key) => {
    switch (one.type) {
      case 'text':
        return one.text
      case 'code':
        return <code key={key}>{one.text}</code>
      case 'strong':
        return <strong key={key}>{renderInline(one.inline)}</strong>
      case 'emphasis':
        return <em key={key}>{renderInline(one.inline)}</em>
      case 'strike':
        return <s key={key}>{renderInline(one.inline)}</s>
      case 'break':
        return <br key={key} />
      case 'link':
        return (
          <a key={key} href={one.href} title={one.href} target="_blank" rel="noopener noreferrer">
            {renderInline(one.inline)}
          </a>
        )
    }
  })
}
