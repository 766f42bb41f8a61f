import type { JSX } from 'preact'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { offlineModel } from './models.ts'

const ideas = [
  'What can you do here?',
  'Look around this folder and tell me what you see.',
  'Help me write a short note.',
]
const offlineIdeas = ['tools', 'run ls']

/** An empty conversation. */
export function Welcome({ session }: { session: string }): JSX.Element {
  const { models } = useApp()
  return (
    <section class="welcome">
      <span class="mark">
        <Icon name="claw" />
      </span>
      <h2>What shall we do?</h2>
      <p>What you say here stays on your machine, in plain files, except what the model needs to answer.</p>
      <Ideas session={session} ideas={models.list.value?.current === offlineModel ? offlineIdeas : ideas} />
    </section>
  )
}

/** What the built-in model can do, for those who have no other yet. */
export function TryIt({ session }: { session: string }): JSX.Element {
  return (
    <div class="try-it">
      <span class="faint">Or try the built-in one:</span>
      <Ideas session={session} ideas={offlineIdeas} />
    </div>
  )
}

function Ideas({ session, ideas }: { session: string; ideas: readonly string[] }): JSX.Element {
  const { outbox } = useApp()
  return (
    <ul class="ideas">
      {ideas.map((idea) => (
        <li key={idea}>
          <button type="button" onClick={() => outbox.send({ session, message: idea, attachments: [], afterSeq: 0 })}>
            {idea}
          </button>
        </li>
      ))}
    </ul>
  )
}
