import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Thinking } from '@openclaw/protocol'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { useDismiss } from '../../parts/menu.tsx'

const levels: readonly { readonly value: Thinking | undefined; readonly label: string }[] = [
  { value: undefined, label: 'Default' },
  { value: 'off', label: 'Off' },
  { value: 'low', label: 'Low' },
  { value: 'medium', label: 'Medium' },
  { value: 'high', label: 'High' },
]

/** The model and the thinking level of one session. */
export function ModelPicker({ session }: { session: string }): JSX.Element {
  const { models, sessions, attempt, gateway, settingUp } = useApp()
  const open = useSignal(false)
  const words = useSignal('')
  const root = useRef<HTMLDivElement>(null)
  useDismiss(root, open.value, () => (open.value = false))
  const list = models.list.value
  const settings = sessions.current.value?.key === session ? sessions.current.value.settings : {}
  const chosen = settings.model
  const fallback = list?.current ?? ''
  useLayoutEffect(() => {
    if (!open.value) return
    words.value = ''
    void models.refresh()
    root.current?.querySelector<HTMLElement>('input, [role=option]')?.focus()
  }, [open.value])
  const patch = async (change: { model?: string | null; thinking?: Thinking | null }) => {
    await attempt(async () => sessions.put(await gateway.call('sessions.patch', { session, ...change })))
  }
  const choose = (model: string | null) => {
    open.value = false
    root.current?.querySelector<HTMLElement>('button')?.focus()
    void patch({ model })
  }
  const all = list?.models.map((one) => one.id) ?? []
  const known = chosen && !all.includes(chosen) ? [chosen, ...all] : all
  const found = known.filter((id) => id.toLowerCase().includes(words.value.trim().toLowerCase()))
  const keys = (event: KeyboardEvent) => {
    const options = [...(root.current?.querySelectorAll<HTMLElement>('[role=option]') ?? [])]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || !open.value) return
    event.preventDefault()
    const at = options.indexOf(document.activeElement as HTMLElement)
    options.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % options.length)?.focus()
  }
  return (
    <div class="menu picker" ref={root} onKeyDown={keys}>
      <button
        type="button"
        class="quiet choice"
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
        title="Model and thinking of this chat"
      >
        <span class="choice-name">{shortName(chosen ?? fallback) || 'Model'}</span>
        {settings.thinking && <span class="faint">{settings.thinking}</span>}
        <Icon name="chevron" />
      </button>
      {open.value && (
        <div class="popup" role="dialog" tabIndex={-1} aria-label="Model and thinking of this chat">
          {known.length > 8 && (
            <input
              type="search"
              placeholder="Find a model"
              aria-label="Find a model"
              value={words.value}
              onInput={(event) => (words.value = event.currentTarget.value)}
            />
          )}
          <ul role="listbox" aria-label="Model">
            <Option label={`Default · ${shortName(fallback)}`} chosen={!chosen} onChoose={() => choose(null)} />
            {found.map((id) => (
              <Option key={id} label={id} chosen={id === chosen} onChoose={() => choose(id)} />
            ))}
          </ul>
          {list?.problems.map((problem) => (
            <p key={problem.provider} class="problem">
              {problem.provider}: {problem.message}
            </p>
          ))}
          <fieldset>
            <legend>Thinking</legend>
            <div class="segments">
              {levels.map(({ value, label }) => (
                <label key={label}>
                  <input
                    type="radio"
                    name="thinking"
                    checked={settings.thinking === value}
                    onChange={() => void patch({ thinking: value ?? null })}
                  />
                  <span>{label}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <button
            type="button"
            class="quiet wide"
            onClick={() => {
              open.value = false
              settingUp.value = true
            }}
          >
            <Icon name="key" />
            Set up a model
          </button>
        </div>
      )}
    </div>
  )
}

function Option({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }): JSX.Element {
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onChoose()
  }
  return (
    <li role="option" tabIndex={chosen ? 0 : -1} aria-selected={chosen} onClick={onChoose} onKeyDown={keys}>
      <span>{label}</span>
      {chosen && <Icon name="check" />}
    </li>
  )
}

/** `provider/model` without the provider. */
function shortName(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}
