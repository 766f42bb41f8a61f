import fc from 'fast-check'

const things = ['the invoices', 'my calendar', 'the garden pump', 'Aunt Vera', 'the staging server', 'the blue folder']
const deeds = ['write to', 'touch', 'delete', 'talk about', 'change', 'share', 'pay for']
/** How people say it, in their own ways; `#` is what it is about. */
const ways = [
  'Never #.',
  'never ever # please',
  "Don't # until I say so.",
  'Do not # unless I ask for it.',
  "From now on don't #!",
  'You must not # without asking me first.',
  'Always ask me before you #.',
  'Only # when I am at home.',
  'Under no circumstances #.',
  'Bitte niemals #.',
  'Nunca # sin mi permiso.',
  'Ne jamais #.',
  'Никогда не #.',
  '不要 #。',
]
const chatter = [
  'How was the weather in Lisbon?',
  'Thanks, that is fine.',
  'What do you think about the plan?',
  'Can you look at the report and tell me what is in it?',
  'We were in the mountains last week. It rained a lot.',
  'Do you never sleep?',
]

/** Conversations of fifteen messages in which five orders are said, alone or among other words. */
export function random(seed: number) {
  let next = seed
  const pick = <T>(from: readonly T[]): T => fc.sample(fc.constantFrom(...from), { numRuns: 1, seed: next++ })[0]!
  let count = 0
  return {
    conversation() {
      const orders = Array.from({ length: 5 }, () =>
        pick(ways).replace('#', `${pick(deeds)} ${pick(things)} number ${++count}`),
      )
      const texts = Array.from({ length: 15 }, (_, at) => {
        const order = at % 3 === 0 ? orders[at / 3] : undefined
        if (order === undefined) return pick(chatter)
        return pick([order, `${pick(chatter)} ${order}`, `${pick(chatter)}\n${order} ${pick(chatter)}`])
      })
      return { texts, orders }
    },
  }
}
