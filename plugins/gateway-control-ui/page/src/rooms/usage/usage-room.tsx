import { useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Failure, MethodParams, MethodResult } from '@openclaw/protocol'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { RoomHeader } from '../../parts/room-header.tsx'
import { Fact, Section } from '../../parts/sheet.tsx'
import { daysBack, fillDays } from './days.ts'
import { Plot } from './plot.tsx'
import { sayMoney, sayShare, sayTokens } from './amounts.ts'
import { Shares } from './shares.tsx'

type Usage = MethodResult<'usage.get'>
type By = 'agent' | 'session' | 'sender' | 'model'

const ranges = [7, 30, 90] as const
const kinds: readonly { readonly by: By; readonly label: string }[] = [
  { by: 'model', label: 'Models' },
  { by: 'agent', label: 'Agents' },
  { by: 'sender', label: 'People' },
  { by: 'session', label: 'Sessions' },
]

interface Seen {
  readonly byDay: Usage
  readonly shares: Usage
  readonly from: string
}

/** What the agents used: today against its limit, day by day, and who or what it was used for. */
export function UsageRoom(): JSX.Element {
  const { gateway } = useApp()
  const range = useSignal<number>(30)
  const by = useSignal<By>('model')
  const seen = useSignal<Seen | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const open = gateway.state.value.at === 'open'
  useEffect(() => {
    if (!open) return
    let over = false
    const read = async () => {
      const from = daysBack(range.value - 1)
      const ask = (params: MethodParams<'usage.get'>) => gateway.call('usage.get', { from, ...params })
      try {
        const [byDay, shares] = await Promise.all([ask({ by: 'day' }), ask({ by: by.value, limit: 12 })])
        if (over) return
        seen.value = { byDay, shares, from }
        failure.value = undefined
      } catch (thrown) {
        if (!over) failure.value = thrown as Failure
      }
    }
    void read()
    const stop = gateway.onEvent(({ event }) => {
      if (event === 'agent.end') void read()
    })
    return () => {
      over = true
      stop()
    }
  }, [open, range.value, by.value])
  return (
    <main class="room usage" id="main" tabIndex={-1}>
      <RoomHeader title="Usage" />
      <div class="scroller">
        <div class="sheet" aria-busy={!seen.value}>
          {failure.value && open && (
            <p class="ended" role="alert">
              <Icon name="alert" />
              <span>The usage could not be read: {failure.value.message}</span>
            </p>
          )}
          {seen.value ? (
            <Sheet {...seen.value} range={range} by={by} />
          ) : (
            !failure.value && <p class="faint">Adding up …</p>
          )}
        </div>
      </div>
    </main>
  )
}

function Sheet({ byDay, shares, from, range, by }: Seen & { range: Signal<number>; by: Signal<By> }): JSX.Element {
  const { total, today } = byDay
  const money = total.costUsd > 0
  return (
    <>
      <Section title="Today">
        <Today {...today} />
      </Section>
      <section>
        <div class="head-row">
          <h2>{money ? 'Cost by day' : 'Tokens by day'}</h2>
          <Choice label="How far back" options={ranges.map((days) => [days, `${days} days`])} chosen={range} />
        </div>
        {total.runs > 0 ? <Plot days={fillDays(byDay.rows, from)} money={money} /> : <Nothing />}
      </section>
      {total.runs > 0 && <Sums total={total} shares={shares} by={by} />}
    </>
  )
}

function Nothing(): JSX.Element {
  return (
    <div class="empty">
      <Icon name="usage" />
      <p>Nothing was used in this time.</p>
      <p class="faint">What agents read, write and cost shows here, from the first message on.</p>
    </div>
  )
}

function Sums({ total, shares, by }: Pick<Usage, 'total'> & { shares: Usage; by: Signal<By> }): JSX.Element {
  const money = total.costUsd > 0
  return (
    <>
      <Section title="In this time">
        <dl class="grid">
          <Fact name="Cost">{sayMoney(total.costUsd)}</Fact>
          <Fact name="Runs">{total.runs}</Fact>
          <Fact name="Read">{sayTokens(total.input)}</Fact>
          <Fact name="Of it cached">{sayShare(total.cached, total.input)}</Fact>
          <Fact name="Written">{sayTokens(total.output)}</Fact>
        </dl>
        {!money && <p class="faint">No price is known for these models, so no cost is claimed.</p>}
      </Section>
      <section>
        <div class="head-row">
          <h2>Used for</h2>
          <Choice label="Used for" options={kinds.map((kind) => [kind.by, kind.label])} chosen={by} />
        </div>
        <Shares rows={shares.rows} money={money} />
      </section>
    </>
  )
}

function Today({ tokens, costUsd, limits }: Usage['today']): JSX.Element {
  const share = Math.max(costUsd / (limits.costUsd || 1), tokens / (limits.tokens || 1))
  const level = share >= 1 ? 'bad' : share >= 0.8 ? 'between' : 'good'
  return (
    <div class="today" data-level={level}>
      <p>
        <b>{sayMoney(costUsd)}</b> of {sayMoney(limits.costUsd)}
        <span class="faint">
          {sayTokens(tokens)} of {sayTokens(limits.tokens)} tokens
        </span>
      </p>
      <progress max={1} value={Math.min(1, share)} aria-label="Share of today's limit" />
      {share >= 1 && (
        <p>
          The limit is reached. <code>/more</code> in a chat, or <code>openclaw runs more</code>, lets today go on.
        </p>
      )}
    </div>
  )
}

/** One of a few, side by side. */
function Choice<T extends string | number>(given: {
  label: string
  options: readonly (readonly [T, string])[]
  chosen: Signal<T>
}): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={given.label}>
      {given.options.map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === given.chosen.value}
          onClick={() => (given.chosen.value = value)}
        >
          {label}
        </button>
      ))}
    </div>
  )
}
