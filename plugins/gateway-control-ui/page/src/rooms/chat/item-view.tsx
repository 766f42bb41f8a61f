import type { JSX } from 'preact'
import { useApp } from '../../app.ts'
import { Markdown } from '../../markdown/markdown.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { sayBytes, sayTime } from '../../parts/words.ts'
import { CallView, FileName } from './call-view.tsx'
import { explainEnd } from './endings.ts'
import { asText } from './lines.ts'
import type { Answer, AnswerPart, Item, Said } from './transcript.ts'

/** One thing in a conversation. */
export function ItemView({ item }: { item: Item }): JSX.Element {
  switch (item.kind) {
    case 'said':
      return <SaidView item={item} />
    case 'answer':
      return <AnswerView item={item} />
    case 'note':
      return (
        <article class="answer note" aria-label={item.label || 'Note'}>
          {item.label && <p class="label">{item.label}</p>}
          <Markdown text={item.text} />
        </article>
      )
    case 'divider':
      return <Divider reason={item.reason} summary={item.summary} atMs={item.atMs} />
    case 'change':
      return <p class="change">{item.text}</p>
    case 'ended':
      return <Ended item={item} />
    case 'erased':
      return <p class="change">Erased at somebody’s wish</p>
  }
}

function SaidView({ item }: { item: Said }): JSX.Element {
  return (
    <article class="said" aria-label={`${item.name || 'You'}, ${when(item.atMs)}`}>
      {item.name && (
        <p class="label" dir="auto">
          {item.name}
          {item.channel && item.channel !== 'local' && <span class="faint"> · {item.channel}</span>}
        </p>
      )}
      {item.attachments.length > 0 && (
        <div class="files">
          {item.attachments.map((file, key) => (
            <FileName
              key={key}
              name={asText(file.name) || asText(file.mime)}
              {...(file.sizeBytes === undefined ? {} : { note: sayBytes(file.sizeBytes) })}
            />
          ))}
        </div>
      )}
      {(item.text || item.attachments.length === 0) && (
        <div class="bubble" dir="auto">
          {item.text}
        </div>
      )}
      <p class="under">
        <time dateTime={new Date(item.atMs).toISOString()}>{when(item.atMs)}</time>
        {item.waiting && <span class="tag">waits for its turn</span>}
        {item.revised === 'changed' && <span class="tag">edited</span>}
        {item.revised === 'deleted' && <span class="tag">deleted by its sender</span>}
        {item.reactions.length > 0 && <span class="tag">{item.reactions.join(' ')}</span>}
      </p>
    </article>
  )
}

function AnswerView({ item }: { item: Answer }): JSX.Element {
  const text = item.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n\n')
  return (
    <article class="answer" aria-label={`Answer, ${when(item.atMs)}`} aria-busy={item.live}>
      {item.parts.map((part) => (
        <PartView key={part.key} part={part} />
      ))}
      {!item.live && (
        <p class="under">
          {text && <CopyButton text={text} label="Copy the answer" />}
          <time dateTime={new Date(item.atMs).toISOString()}>{when(item.atMs)}</time>
          {item.model && <span>{item.model}</span>}
          {item.usage && item.usage.output > 0 && <span>{sayTokens(item.usage.input, item.usage.output)}</span>}
          {item.usage?.costUsd !== undefined && <span>{sayCost(item.usage.costUsd)}</span>}
        </p>
      )}
    </article>
  )
}

function PartView({ part }: { part: AnswerPart }): JSX.Element {
  if (part.kind === 'call') return <CallView part={part} />
  if (part.kind === 'text') return <Markdown text={part.text} />
  return (
    <details class="fold thinking" data-state={part.streaming ? 'running' : 'done'}>
      <summary>
        <Icon name="brain" />
        <span class="tool-name">{part.streaming ? 'Thinking' : 'Thought'}</span>
        <span class="subject">{part.text.trim().split('\n', 1)[0]}</span>
        <span class="state">{part.streaming && <span class="spinner" />}</span>
        <Icon name="chevron" />
      </summary>
      <div class="fold-body">
        <Markdown text={part.text} />
      </div>
    </details>
  )
}

const dividers = {
  compaction: 'Older context summarised',
  undo: 'Summary taken back',
  reset: 'New conversation',
  new: 'New conversation',
} as const

function Divider({
  reason,
  summary,
  atMs,
}: {
  reason: keyof typeof dividers
  summary: string
  atMs: number
}): JSX.Element {
  const label = `${dividers[reason] ?? dividers.new} · ${when(atMs)}`
  if (!summary) {
    return (
      <div class="divider" role="separator" aria-label={label}>
        <span>{label}</span>
      </div>
    )
  }
  return (
    <details class="divider">
      <summary>
        <span>{label}</span>
      </summary>
      <div class="fold-body">
        <Markdown text={summary} />
      </div>
    </details>
  )
}

function Ended({ item }: { item: Extract<Item, { kind: 'ended' }> }): JSX.Element {
  const { settingUp } = useApp()
  const { title, text, next } = explainEnd(item.outcome, item.failure)
  if (item.outcome === 'aborted') return <p class="change">{title}</p>
  return (
    <section class="ended" role="note" aria-label={title}>
      <Icon name="alert" />
      <div>
        <p class="title">{title}</p>
        {text && <p dir="auto">{text}</p>}
        <p class="faint">{next}</p>
        {item.failure && ['unauthorized', 'invalid_config', 'not_found'].includes(item.failure.code) && (
          <button type="button" onClick={() => (settingUp.value = true)}>
            Set up a model
          </button>
        )}
      </div>
    </section>
  )
}

function when(atMs: number): string {
  const now = Date.now()
  const day = sayTime(atMs, now)
  const time = new Date(atMs).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
  return day === time ? time : `${day}, ${time}`
}

function sayTokens(input: number, output: number): string {
  const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
  return `${short.format(input)} in, ${short.format(output)} out`
}

function sayCost(usd: number): string {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: usd < 0.1 ? 4 : 2,
  }).format(usd)
}
