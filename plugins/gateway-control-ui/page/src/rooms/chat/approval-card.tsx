import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { sayDuration, showHidden } from '../../parts/words.ts'
import type { Approval } from './requests.ts'

/** A tool call that waits for a yes: what exactly would be done, why it is asked, and the two answers. */
export function ApprovalCard({ approval, first }: { approval: Approval; first: boolean }): JSX.Element {
  const { requests, attempt, gateway } = useApp()
  const busy = useSignal(false)
  const left = useSignal(approval.expiresAt - Date.now())
  const state = gateway.state.value
  const may = state.at === 'open' && state.hello.rights.includes('admin')
  const decide = async (verdict: 'allow' | 'deny') => {
    if (busy.value || !may) return
    busy.value = true
    await attempt(() => requests.decide(approval.id, verdict))
    busy.value = false
  }
  useEffect(() => {
    const timer = setInterval(() => (left.value = approval.expiresAt - Date.now()), 1000)
    return () => clearInterval(timer)
  }, [approval.expiresAt])
  useEffect(() => {
    if (!first) return
    const keys = (event: KeyboardEvent) => {
      // By the key's place: Alt types other letters on many keyboards.
      if (!event.altKey || event.repeat || (event.code !== 'KeyY' && event.code !== 'KeyN')) return
      event.preventDefault()
      void decide(event.code === 'KeyY' ? 'allow' : 'deny')
    }
    document.addEventListener('keydown', keys)
    return () => document.removeEventListener('keydown', keys)
  }, [first, approval.id])
  return (
    <section class="approval" role="group" aria-label={`Approval for ${approval.tool}`}>
      <header>
        <Icon name="shield" />
        <h3>
          May <b>{approval.tool}</b> do this?
        </h3>
        <span class="faint">{left.value > 0 ? `${sayDuration(left.value)} left` : 'expired'}</span>
      </header>
      <pre tabIndex={0} dir="ltr">
        {showHidden(approval.subject)}
      </pre>
      {approval.reason && <p dir="auto">{showHidden(approval.reason)}</p>}
      {may ? (
        <div class="actions">
          <button
            type="button"
            class="primary"
            disabled={busy.value}
            onClick={() => void decide('allow')}
            aria-keyshortcuts={first ? 'Alt+Y' : undefined}
          >
            Allow once {first && <kbd>Alt Y</kbd>}
          </button>
          <button
            type="button"
            disabled={busy.value}
            onClick={() => void decide('deny')}
            aria-keyshortcuts={first ? 'Alt+N' : undefined}
          >
            Deny {first && <kbd>Alt N</kbd>}
          </button>
        </div>
      ) : (
        <p class="faint">Only somebody with the admin right can decide this.</p>
      )}
    </section>
  )
}
