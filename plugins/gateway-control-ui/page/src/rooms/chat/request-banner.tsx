import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { sayDuration, showHidden } from '../../parts/words.ts'
import type { PairingRequest } from './requests.ts'

/** Strangers who ask to be admitted, and approvals that wait in other sessions. */
export function RequestBanner({ session }: { session: string }): JSX.Element | null {
  const { requests, sessions } = useApp()
  const elsewhere = requests.approvals.value.filter((one) => one.session !== session)
  const pairings = requests.pairings.value
  if (elsewhere.length + pairings.length === 0) return null
  const [other] = elsewhere
  return (
    <div class="banners">
      {other && (
        <section class="banner" aria-label="Approvals in other sessions">
          <Icon name="shield" />
          <p>
            {elsewhere.length === 1 ? 'A tool call waits' : `${elsewhere.length} tool calls wait`} for your yes in
            another session.
          </p>
          <button type="button" onClick={() => sessions.select(other.session)}>
            Show
          </button>
        </section>
      )}
      {pairings.map((request) => (
        <Pairing key={`${request.channel}:${request.code}`} request={request} />
      ))}
    </div>
  )
}

function Pairing({ request }: { request: PairingRequest }): JSX.Element {
  const { requests, attempt, tell, gateway } = useApp()
  const busy = useSignal(false)
  const state = gateway.state.value
  const admin = state.at === 'open' && state.hello.rights.includes('admin')
  const name = request.name ? showHidden(request.name) : ''
  const act = async (done: string, work: () => Promise<void>) => {
    busy.value = true
    if (await attempt(work)) tell(done)
    busy.value = false
  }
  const who = name || request.sender
  return (
    <section class="banner pairing" role="group" aria-label={`Pairing request of ${who}`}>
      <Icon name="user" />
      <div>
        <p>
          <b dir="auto">{who}</b> asks to talk to your agent on <b>{request.channel}</b>.
        </p>
        <p class="facts">
          <span>
            id <code>{showHidden(request.sender)}</code>
          </span>
          <span>
            code <code>{request.code}</code>
          </span>
          <span class="faint">{sayDuration(request.expiresAt - Date.now())} left</span>
        </p>
      </div>
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={busy.value}
          onClick={() => void act(`${who} may talk to your agent now.`, () => requests.admit(request, false))}
        >
          Approve as member
        </button>
        {admin && (
          <button
            type="button"
            disabled={busy.value}
            title="They may do everything you may"
            onClick={() =>
              void act('That is you now: what you write there counts as the owner’s word.', () =>
                requests.admit(request, true),
              )
            }
          >
            This is me
          </button>
        )}
        <button
          type="button"
          disabled={busy.value}
          onClick={() => void act(`${who} was refused.`, () => requests.reject(request))}
        >
          Reject
        </button>
      </div>
    </section>
  )
}
