import type { JSX } from 'preact'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { offlineModel } from './models.ts'

const ideas = ['What can you do here?', 'Look around this folder and tell me what you see.', 'Help me write a short note.']
const offlineIdeas = ['tools', 'run ls']

/** An empty conversation. */
export function Welcome({ session }: { session: string }): JSX.Element {
  const { outbox, models } = useApp()
  const offline = models.list.value?.current === offlineModel
  const say = (message: string) => outbox.send({ session, message, attachments: [], afterSeq: 0 })
  return (
    <section class="welcome">
      <span class="mark">
        <Icon name="claw" />
      </span>
      <h2>What shall we do?</h2>
      <p>What you say here stays on your machine, in plain files, except what the model needs to answer.</p>
      <ul class="ideas">
        {(offline ? offlineIdeas : ideas).map((idea) => (
          <li key={idea}>
            <button type="button" onClick={() => say(idea)}>
              {idea}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
