import type { Aftermath } from './kill-harness.ts'
import { marksIn } from './marks.ts'

/** What was broken, each in a sentence that begins with the promise. All are empty when nothing was. */
export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly wrongRecipient: readonly string[]
  /** Promises that are not about a message. */
  readonly other: readonly string[]
}

/** What must be true after any number of kills. */
export function judge(after: Aftermath): Verdict {
  const { said, noted, sees, people, delivery } = after
  const lost: string[] = []
  const doubled: string[] = []
  const wrongRecipient: string[] = []
  const other: string[] = []
  const shown = (mark: string) => sees.filter(({ text }) => marksIn(text).includes(mark))
  const notices = (where: string) => sees.filter(({ text, peer }) => peer.id === where && marksIn(text).length === 0)
  // A cut in the middle of a send may repeat one chunk where the platform cannot be asked, for each who was just answered.
  const more = delivery === 'at-least-once' ? after.killedAt.length : 0

  for (const { mark, person, peer, times } of said) {
    const lines = noted.filter(({ text }) => marksIn(text).includes(mark))
    if (lines.length === 0) lost.push(`R1: ${mark} is not in the journal`)
    if (lines.length > times) doubled.push(`R3: ${mark} counts ${lines.length} times and was said ${times} times`)
    for (const { runs, sender } of lines) {
      if (sender !== person) wrongRecipient.push(`R4: ${mark} of ${person} is taken for one of ${sender}`)
      if (runs.length === 0) lost.push(`R1: ${mark} is in no run`)
      if (runs.length > 1) doubled.push(`R1: ${mark} is in ${runs.length} runs`)
      if (runs.length > 0 && !after.answered.has(runs[0]!) && !after.failed.has(runs[0]!))
        lost.push(`R1: the run of ${mark} did not end`)
    }
    const ran = after.effects.get(mark) ?? 0
    if (ran > times) doubled.push(`R1: the tool ran ${ran} times for ${mark}`)
    const seen = shown(mark).length
    if (seen === 0 && notices(peer.id).length === 0)
      lost.push(`R1: ${mark} is not answered, and its person is not told`)
    if (seen > times + more) doubled.push(`R8: ${mark} is answered ${seen} times, which is more than ${delivery}`)
  }

  const answers = sees.filter(({ text }) => marksIn(text).length > 0)
  const repeats = answers.length - new Set(answers.map(({ text, peer }) => `${peer.id} ${text}`)).size
  const again = said.reduce((sum, { times }) => sum + times - 1, 0)
  if (repeats > again + more * people.length)
    doubled.push(`R8: ${repeats} answers repeat, which is more than one for each cut`)
  const told = sees.length - answers.length
  if (told > after.failed.size + more * people.length)
    doubled.push(`R8: ${told} notices were given for ${after.failed.size} runs without an answer`)

  for (const { peer, text } of sees)
    for (const mark of marksIn(text)) {
      const whose = said.find((one) => one.mark === mark)?.peer.id
      if (whose !== peer.id) wrongRecipient.push(`R4: ${mark} of ${whose} is answered to ${peer.id}`)
    }
  for (const request of after.requests) {
    const whose = new Set(marksIn(request).map((mark) => mark.split('p')[1]))
    if (whose.size > 1) wrongRecipient.push(`R4: a model request holds the words of ${whose.size} people`)
  }
  if (after.links.most > 1) other.push(`L5: ${after.links.most} links of one account at once`)
  return { lost, doubled, wrongRecipient, other }
}
