import { account } from './config.js'

const fail = (code, message) => Object.assign(new Error(message), { code })

/** Asks the keeper who we are; a real round trip. */
async function whoAmI({ id, config, fetch }, signal) {
  const answer = await fetch(`${config.server}/me`, { headers: { authorization: `Bearer ${config.token}` }, signal })
  if (answer.status === 401)
    throw fail('unauthorized', `gate/${id}: the token ${config.token} was refused; ask the keeper for another`)
  if (!answer.ok) throw fail('unavailable', `gate/${id}: the keeper answered ${answer.status}`)
  return (await answer.json()).name
}

export default {
  id: 'gate',
  account,
  traits: { maxText: 1000, lengthUnit: 'utf16', markup: 'plain', delivery: 'at-least-once' },
  async connect(account) {
    await whoAmI(account, account.signal)
    if (account.config.mode === 'webhook')
      account.webhook({
        verify: (request) => request.headers.get('x-signing') === account.config.signing,
        async handle(_, body) {
          await account.receive(JSON.parse(new TextDecoder().decode(body)))
          return new Response(null, { status: 202 })
        },
      })
    return {
      send: async ({ idempotencyKey }) => ({ messages: [idempotencyKey] }),
      probe: (signal) => whoAmI(account, signal),
      async [Symbol.asyncDispose]() {},
    }
  },
}
