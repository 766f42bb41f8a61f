import type { JSX } from 'preact'
import { useApp } from '../../app.ts'
import { sayBytes } from '../../parts/words.ts'
import { FileName } from './call-view.tsx'
import type { Pending } from './outbox.ts'

const states: Readonly<Record<Pending['state'], string>> = {
  sending: 'sending',
  waiting: 'waits for the gateway',
  durable: 'stored',
  failed: 'not sent',
}

/** A message that is not in the journal yet. */
export function PendingView({ pending }: { pending: Pending }): JSX.Element {
  const { outbox } = useApp()
  return (
    <article class="said pending" data-state={pending.state} aria-label={`You, ${states[pending.state]}`}>
      {pending.attachments.length > 0 && (
        <div class="files">
          {pending.attachments.map((file, key) => (
            <FileName key={key} name={file.name} note={sayBytes(file.sizeBytes)} />
          ))}
        </div>
      )}
      {pending.message && (
        <div class="bubble" dir="auto">
          {pending.message}
        </div>
      )}
      <p class="under" role="status">
        {pending.state === 'waiting' && <span class="tag">{states.waiting}</span>}
        {pending.state === 'sending' && <span class="faint">{states.sending}</span>}
      </p>
      {pending.state === 'failed' && (
        <div class="problem" role="alert">
          <p dir="auto">It was not sent: {pending.failure?.message}</p>
          <div class="actions">
            <button type="button" onClick={() => outbox.retry(pending.idempotencyKey)}>
              Send again
            </button>
            <button type="button" onClick={() => outbox.discard(pending.idempotencyKey)}>
              Discard
            </button>
          </div>
        </div>
      )}
    </article>
  )
}
