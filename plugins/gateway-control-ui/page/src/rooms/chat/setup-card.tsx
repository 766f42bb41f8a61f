import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { offlineModel } from './models.ts'
import { SetupForm } from './setup-form.tsx'

const place = 'openclaw.setup'

/** The card of the first run: shown while no model is configured, until it is put away. */
export function SetupCard(): JSX.Element | null {
  const { models, gateway, tell } = useApp()
  const away = useSignal(localStorage.getItem(place) === 'later')
  const state = gateway.state.value
  const may = state.at === 'open' && state.hello.rights.includes('admin')
  const needed = models.list.value?.current === offlineModel && may && !away.value
  useEffect(() => {
    if (needed) void models.refresh(true)
  }, [needed])
  if (!needed) return null
  const later = () => {
    away.value = true
    localStorage.setItem(place, 'later')
    tell('You find it again in the model picker below.')
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
        No model is configured yet, so a small built-in one answers: it can only run typed commands such as <code>run ls</code>. Choose where a real one comes from.
      </p>
      <SetupForm onDone={() => undefined} />
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
