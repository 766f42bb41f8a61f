import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import type { Offer } from './models.ts'
import { connectSource, knownProviders, sayFailure, type Source, useModel } from './setup.ts'

type Step =
  | { readonly at: 'choose' }
  | { readonly at: 'busy'; readonly doing: string }
  | { readonly at: 'model'; readonly provider: string; readonly models: readonly string[] }

/** Chooses where models come from, then one of them, and tries it before it is used. */
export function SetupForm({ onDone }: { onDone: () => void }): JSX.Element {
  const { gateway, models, tell } = useApp()
  const step = useSignal<Step>({ at: 'choose' })
  const problem = useSignal('')
  const model = useSignal('')

  const work = async (doing: string, back: Step, act: () => Promise<Step>) => {
    problem.value = ''
    step.value = { at: 'busy', doing }
    try {
      step.value = await act()
    } catch (thrown) {
      problem.value = sayFailure(thrown)
      step.value = back
    }
  }
  const connect = (source: Source) =>
    work('Storing it and asking for its models', { at: 'choose' }, async () => {
      const found = await connectSource(gateway, source)
      model.value = found.models.length === 1 ? (found.models[0] ?? '') : ''
      return { at: 'model', ...found }
    })
  const use = (back: Extract<Step, { at: 'model' }>) => {
    const id = model.value.startsWith(`${back.provider}/`) ? model.value : `${back.provider}/${model.value.trim()}`
    return work(`Asking ${id} for one word`, back, async () => {
      const { ms } = await useModel(gateway, id)
      await models.refresh()
      tell(`${id} answered in ${(ms / 1000).toFixed(1)} s. It is your agent’s model now.`)
      onDone()
      return { at: 'choose' }
    })
  }

  return (
    <div class="setup-form">
      {problem.value && (
        <p class="problem" role="alert">
          <Icon name="alert" />
          {problem.value}
        </p>
      )}
      {step.value.at === 'choose' && <Choose onConnect={(source) => void connect(source)} />}
      {step.value.at === 'busy' && (
        <p class="busy" role="status">
          <span class="spinner" />
          {step.value.doing} …
        </p>
      )}
      {step.value.at === 'model' && (
        <ChooseModel step={step.value} model={model} onUse={use} onBack={() => (step.value = { at: 'choose' })} />
      )}
    </div>
  )
}

function Choose({ onConnect }: { onConnect: (source: Source) => void }): JSX.Element {
  const { models } = useApp()
  const offers = models.list.value?.offers ?? []
  const known = useSignal(0)
  const address = useSignal('')
  const key = useSignal('')
  const keyId = useId()
  const provider = knownProviders[known.value]
  const baseUrl = provider?.baseUrl || address.value
  const submit = (event: Event) => {
    event.preventDefault()
    const source = { baseUrl, key: key.value.trim() }
    // It stays on this page no longer than it takes to send it.
    key.value = ''
    onConnect(source)
  }
  return (
    <>
      {offers.length > 0 && (
        <>
          <h3>Noticed on the gateway’s machine</h3>
          <ul class="offers">
            {offers.map((offer) => (
              <li key={offer.label}>
                <OfferButton offer={offer} onChoose={() => onConnect({ offer })} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{offers.length > 0 ? 'Or with a key' : 'With a key'}</h3>
      <form onSubmit={submit} autocomplete="off">
        <label>
          Provider
          <select value={known.value} onChange={(event) => (known.value = Number(event.currentTarget.value))}>
            {knownProviders.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {provider?.baseUrl === '' && (
          <label>
            Address
            <input
              type="url"
              required
              placeholder="https://models.example.org/v1"
              value={address.value}
              onInput={(event) => (address.value = event.currentTarget.value)}
            />
          </label>
        )}
        <label for={keyId}>
          Key
          <input
            id={keyId}
            type="password"
            autocomplete="off"
            spellcheck={false}
            required={provider?.baseUrl !== ''}
            maxLength={8192}
            value={key.value}
            onInput={(event) => (key.value = event.currentTarget.value)}
          />
        </label>
        <p class="faint">
          The key goes to your gateway, which keeps it in a file that only you can read. It is never shown again.
        </p>
        <div class="actions">
          <button type="submit" class="primary">
            Connect
          </button>
        </div>
      </form>
    </>
  )
}

function OfferButton({ offer, onChoose }: { offer: Offer; onChoose: () => void }): JSX.Element {
  const count = offer.models.length
  return (
    <button type="button" class="offer" onClick={onChoose}>
      <Icon name={offer.env ? 'key' : 'system'} />
      <span>
        <b>{offer.label}</b>
        <small>
          {count > 0
            ? `${offer.models.slice(0, 3).join(', ')}${count > 3 ? ` and ${count - 3} more` : ''}`
            : 'The key stays where it is.'}
        </small>
      </span>
      <Icon name="chevron" />
    </button>
  )
}

function ChooseModel({
  step,
  model,
  onUse,
  onBack,
}: {
  step: Extract<Step, { at: 'model' }>
  model: Signal<string>
  onUse: (step: Extract<Step, { at: 'model' }>) => void
  onBack: () => void
}): JSX.Element {
  const listId = useId()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onUse(step)
      }}
    >
      <label>
        Model
        <input
          list={listId}
          required
          value={model.value}
          placeholder={step.models.length ? 'Choose or type one' : 'The name of a model'}
          onInput={(event) => (model.value = event.currentTarget.value)}
        />
      </label>
      <datalist id={listId}>
        {step.models.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <p class="faint">
        {step.models.length > 0
          ? `Connected: ${step.models.length} ${step.models.length === 1 ? 'model' : 'models'}.`
          : 'Connected. The provider lists no models, so type the name.'}{' '}
        It is tried with one word before it is used.
      </p>
      <div class="actions">
        <button type="submit" class="primary">
          Try it and use it
        </button>
        <button type="button" onClick={onBack}>
          Back
        </button>
      </div>
    </form>
  )
}
