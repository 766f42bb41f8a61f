import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useApp } from '../app.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import type { ConnectionState } from './gateway.ts'

type Refused = Extract<ConnectionState, { at: 'refused' }>

const reasons: Readonly<Record<Refused['why'], string>> = {
  'no-token': 'This browser has not been let in yet.',
  link: 'That link is used up or older than ten minutes.',
  token: 'The gateway no longer knows this browser’s token.',
  'signed-out': 'This browser has forgotten its token.',
}

/** What a person sees who has no way in, and how to get one. */
export function SignIn({ state }: { state: Refused }): JSX.Element {
  const { gateway } = useApp()
  const secret = useSignal('')
  const enter = (event: Event) => {
    event.preventDefault()
    const text = secret.value.trim()
    secret.value = ''
    if (text) gateway.signIn(text)
  }
  return (
    <main class="sign-in" id="main" tabIndex={-1}>
      <div class="card">
        <span class="mark">
          <Icon name="claw" />
        </span>
        <h1>Open this page with a fresh link</h1>
        <p>{reasons[state.why]} On the machine where your gateway runs, type:</p>
        <p class="command">
          <code>openclaw open</code>
          <CopyButton text="openclaw open" label="Copy the command" />
        </p>
        <p>
          It opens this page with a link that works once, for ten minutes. After that, this browser stays signed in.
        </p>
        <details>
          <summary>I have a link, a token or a password</summary>
          <form onSubmit={enter}>
            <label>
              Link, token or password
              <input
                type="password"
                autocomplete="off"
                value={secret.value}
                onInput={(event) => (secret.value = event.currentTarget.value)}
              />
            </label>
            <button type="submit" class="primary" disabled={!secret.value.trim()}>
              Sign in
            </button>
          </form>
        </details>
        {state.failure && state.why !== 'no-token' && (
          <p class="problem" role="alert">
            {state.failure.message}
          </p>
        )}
      </div>
    </main>
  )
}
