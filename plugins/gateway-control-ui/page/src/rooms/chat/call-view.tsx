import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { showHidden } from '../../parts/words.ts'
import { asText, type Content } from './lines.ts'
import type { CallPart } from './transcript.ts'

const states: Readonly<Record<CallPart['state'], string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  unknown: 'interrupted: it may have happened',
}
const telling = ['command', 'path', 'file', 'url', 'query', 'pattern', 'name']

/** What a call is about, in one line: the field of its input that tells the most. */
export function sayCall(input: unknown): string {
  if (typeof input !== 'object' || input === null) return asText(input)
  const fields = input as Record<string, unknown>
  const field =
    telling.find((name) => typeof fields[name] === 'string') ??
    Object.keys(fields).find((name) => typeof fields[name] === 'string')
  const text = field ? asText(fields[field]) : Object.keys(fields).length ? JSON.stringify(input) : ''
  return text.slice(0, 400).replaceAll(/\s+/g, ' ').trim()
}

/** A tool call, folded to one line; its input and its result when it is opened. */
export function CallView({ part }: { part: CallPart }): JSX.Element {
  const open = useSignal(false)
  return (
    <details class="fold call" data-state={part.state} onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>
        <Icon name={part.state === 'failed' || part.state === 'unknown' ? 'alert' : 'tool'} />
        <span class="tool-name">{part.tool || 'tool'}</span>
        <code class="subject" dir="ltr">
          {showHidden(sayCall(part.input))}
        </code>
        <span class="state">
          {part.state === 'running' && <span class="spinner" />}
          <span class={part.state === 'done' ? 'visually-hidden' : undefined}>{states[part.state]}</span>
        </span>
        <Icon name="chevron" />
      </summary>
      {open.value && (
        <div class="fold-body">
          <Input input={part.input} />
          <Result content={part.content} state={part.state} />
        </div>
      )}
    </details>
  )
}

function Input({ input }: { input: unknown }): JSX.Element | null {
  if (input === undefined) return null
  const fields =
    typeof input === 'object' && input !== null && !Array.isArray(input)
      ? Object.entries(input)
      : [['', input] as const]
  return (
    <dl class="fields">
      {fields.map(([name, value]) => (
        <div key={name}>
          {name && <dt>{name}</dt>}
          <dd>
            <Long text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} label={name || 'input'} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Result({ content, state }: { content: readonly Content[]; state: CallPart['state'] }): JSX.Element {
  if (content.length === 0) return <p class="faint">{state === 'running' ? 'No output yet.' : 'No output.'}</p>
  return (
    <div class="result" data-state={state}>
      {content.map((one, key) =>
        one.type === 'file' ? (
          <FileName key={key} name={asText(one.name) || one.mime} />
        ) : (
          <Long key={key} text={asText(one.text)} label="result" />
        ),
      )}
    </div>
  )
}

/** A file that belongs to a message or a result. */
export function FileName({ name, note }: { name: string; note?: string }): JSX.Element {
  return (
    <span class="file">
      <Icon name="file" />
      <span class="file-name">{name}</span>
      {note && <span class="faint">{note}</span>}
    </span>
  )
}

const most = 6000

/** Text as it is, shortened until somebody wants all of it. */
function Long({ text, label }: { text: string; label: string }): JSX.Element {
  const whole = useSignal(false)
  const short = text.length > most && !whole.value
  return (
    <div class="long">
      <pre tabIndex={0} dir="ltr">
        {short ? text.slice(0, most) : text}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
      {short && (
        <button type="button" class="quiet small" onClick={() => (whole.value = true)}>
          Show all {new Intl.NumberFormat().format(text.length)} characters
        </button>
      )}
    </div>
  )
}
