import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Failure, MethodResult } from '@openclaw/protocol'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { RoomHeader } from '../../parts/room-header.tsx'
import { Fact, Section } from '../../parts/sheet.tsx'
import { sayDuration, sayTime } from '../../parts/words.ts'

interface Seen {
  readonly status: MethodResult<'status'>
  readonly plugins: MethodResult<'plugins.list'>['plugins']
  readonly accounts: MethodResult<'channels.status'>['accounts']
}
const againMs = 10_000

/** How the gateway is: one look at what runs, what is connected, what is owed and what is wrong. */
export function StatusRoom(): JSX.Element {
  const { gateway } = useApp()
  const seen = useSignal<Seen | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const open = gateway.state.value.at === 'open'
  useEffect(() => {
    const read = async () => {
      try {
        const [status, { plugins }, { accounts }] = await Promise.all([
          gateway.call('status', {}),
          gateway.call('plugins.list', {}),
          gateway.call('channels.status', {}),
        ])
        seen.value = { status, plugins, accounts }
        failure.value = undefined
      } catch (thrown) {
        failure.value = thrown as Failure
      }
    }
    if (!open) return
    void read()
    const timer = setInterval(() => void read(), againMs)
    const stop = gateway.onEvent(({ event }) => {
      if (event === 'channel.state' || event === 'plugin.state') void read()
    })
    return () => {
      clearInterval(timer)
      stop()
    }
  }, [open])
  return (
    <main class="room status" id="main" tabIndex={-1}>
      <RoomHeader title="Status" />
      <div class="scroller">
        <div class="sheet" aria-busy={!seen.value}>
          {failure.value && open && (
            <p class="ended" role="alert">
              <Icon name="alert" />
              <span>The status could not be read: {failure.value.message}</span>
            </p>
          )}
          {seen.value ? <Sheet {...seen.value} /> : !failure.value && <p class="faint">Looking …</p>}
        </div>
      </div>
    </main>
  )
}

function Sheet({ status, plugins, accounts }: Seen): JSX.Element {
  const { owed } = status
  return (
    <>
      {status.problems.length > 0 && (
        <Section title="Problems">
          <ul class="problems">
            {status.problems.map((problem) => (
              <li key={problem} class="ended">
                <Icon name="alert" />
                <span dir="auto">{problem}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Gateway">
        <dl class="grid">
          <Fact name="Version">{status.version}</Fact>
          <Fact name="Running for">{sayDuration(status.uptimeMs)}</Fact>
          <Fact name="Address">{status.address}</Fact>
          <Fact name="Sign-in">{status.auth}</Fact>
          <Fact name="Memory">{Math.round(status.memoryMb)} MB</Fact>
          <Fact name="Process">{status.pid}</Fact>
          <Fact name="Home">{status.home}</Fact>
        </dl>
      </Section>
      <Section title="Agent">
        <dl class="grid">
          <Fact name="Process">
            <State state={status.agentProcess.state} good={['ready', 'in-process']} />
            {status.agentProcess.reason && <span class="faint"> {status.agentProcess.reason}</span>}
          </Fact>
          <Fact name="Model">{status.model}</Fact>
          <Fact name="Sessions">{status.sessions}</Fact>
          <Fact name="At work">{status.running}</Fact>
          <Fact name="Restarts">{status.agentProcess.restarts}</Fact>
        </dl>
      </Section>
      <Section title="Owed">
        <dl class="grid">
          <Fact name="Messages to answer">{owed.accepts}</Fact>
          <Fact name="Answers to deliver">{owed.deliveries}</Fact>
          <Fact name="Given up">{owed.dead}</Fact>
          <Fact name="Approvals">{owed.approvals}</Fact>
          <Fact name="Pairing requests">{owed.pairings}</Fact>
        </dl>
      </Section>
      <Section title="Channels">
        {accounts.length === 0 ? (
          <p class="faint">
            No channel is set up. <code>openclaw plugins add</code> brings one.
          </p>
        ) : (
          <ul class="table-rows">
            {accounts.map((one) => (
              <li key={`${one.channel}/${one.account}`}>
                <b>
                  {one.channel}/{one.account}
                </b>
                <State state={one.state} good={['online']} />
                <span class="faint" dir="auto">
                  {one.detail ?? `since ${sayTime(one.since, Date.now())}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Plugins">
        <ul class="table-rows">
          {plugins.map((one) => (
            <li key={one.id}>
              <b>{one.label}</b>
              <State state={one.state} good={['active']} />
              <span class="faint" dir="auto">
                {one.reason ?? `${one.version} · ${one.hooks.join(', ')}`}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

function State({ state, good }: { state: string; good: readonly string[] }): JSX.Element {
  const level = good.includes(state) ? 'good' : ['parked', 'offline'].includes(state) ? 'bad' : 'between'
  return (
    <span class="lamp" data-level={level}>
      <span class="dot" />
      {state}
    </span>
  )
}
