import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { type App, useApp } from '../../app.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { offlineModel } from './models.ts'
import { SetupForm } from './setup-form.tsx'
import { TryIt } from './welcome.tsx'

const place = 'openclaw.setup'

const put = signal(read() === 'later')

/** Whether the card of the first run is to be shown: no model is configured, and it was not put away. */
export function needsSetup({ models, gateway, settingUp }: App): boolean {
  const state = gateway.state.value
  const may = state.at === 'open' && state.hello.rights.includes('admin')
  return models.list.value?.current === offlineModel && may && !put.value && !settingUp.value
}

/** The card of the first run; one line once something was said, so that it does not stand in the way of answers. */
export function SetupCard({ session, begun }: { session: string; begun: boolean }): JSX.Element | null {
  const app = useApp()
  const { models, tell } = app
  const needed = needsSetup(app)
  useEffect(() => {
    if (needed) void models.refresh(true)
  }, [needed])
  if (!needed) return null
  const later = () => {
    put.value = true
    try {
      localStorage.setItem(place, 'later')
    } catch {
      // Then it is there again on the next visit.
    }
    tell('You find it again in the model picker below.')
  }
  if (begun) {
    return (
      <p class="setup-hint">
        <Icon name="spark" />
        No model is configured yet.
        <button type="button" onClick={() => (app.settingUp.value = true)}>
          Choose a model
        </button>
      </p>
    )
  }
  return (
    <section class="setup card" aria-label="Set up a model">
      <header>
        <Icon name="spark" />
        <h2>Give your agent a model</h2>
        <button type="button" class="quiet small" onClick={later} aria-label="Later" title="Later">
          <Icon name="close" />
        </button>
      </header>
      <p>
        No model is configured yet, so a small built-in one answers: it can only run typed commands such as{' '}
        <code>run ls</code>. Choose where a real one comes from.
      </p>
      <SetupForm onDone={() => undefined} />
      <TryIt session={session} />
    </section>
  )
}

/** The same as a window, from the model picker. */
export function SetupDialog(): JSX.Element | null {
  const { settingUp, models } = useApp()
  const open = settingUp.value
  useEffect(() => {
    if (open) void models.refresh(true)
  }, [open])
  if (!open) return null
  return (
    <Dialog title="Set up a model" wide onClose={() => (settingUp.value = false)}>
      <SetupForm onDone={() => (settingUp.value = false)} />
    </Dialog>
  )
}

function read(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}
