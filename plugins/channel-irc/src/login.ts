import { failure, type Account, type ErrorCode } from '@openclaw/sdk'
import { alternatives } from './nick.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Settings } from './settings.ts'
import type { Timing } from './timing.ts'
import type { Wire } from './wire.ts'

/** Why SASL failed, in the library's word for it, and what to do. */
const refusals: Record<string, string> & { readonly capability_missing: string } = {
  fail: 'services refused the account or its password; correct `sasl`, or register the account with /msg NickServ REGISTER',
  nick_locked: 'services say that the account is locked; ask the staff of the network',
  too_long: 'services refused the password because of its length; choose a shorter one',
  capability_missing:
    'the server takes no SASL logins; is it the right server? Else remove `sasl` (it will have no account there)',
  unsupported_mechanism:
    'the server does not take this kind of login; use `sasl` in place of `certificate`, or the other way round',
}

/**
 * Waits until we are registered, logged in when a login is configured, and the server has said all that it says at the
 * beginning. Throws `unauthorized`, `forbidden` or `invalid_config` for what only a person can mend, `unavailable` else.
 */
export async function logIn(
  wire: Wire,
  beat: Heartbeat,
  { clock, signal }: Account,
  settings: Settings,
  { registerMs }: Timing,
): Promise<void> {
  const { client, name } = wire
  const { promise: registered, resolve, reject } = Promise.withResolvers<void>()
  const over = new AbortController()
  over.signal.addEventListener('abort', () => reject(over.signal.reason))
  const fail = (code: ErrorCode, why: string) => over.abort(failure(code, `${name}: ${why}`))

  const others = alternatives(settings.nick)
  using _lines = wire.onLine(({ command, params }) => {
    const said = params.at(-1) ?? ''
    // Numerics: https://modern.ircdocs.horse/#numerics
    if (command === '464' || (command === 'ERROR' && /password/i.test(said)))
      fail('unauthorized', 'the server refused its password; correct `serverPassword`')
    else if (command === '465' || (command === 'ERROR' && /\b([kgz]-?lined|banned)\b/i.test(said)))
      fail('forbidden', `${settings.host} has banned us: ${said}; ask the staff of the network`)
    else if (command === 'ERROR' && /\bsasl\b/i.test(said))
      fail('unauthorized', `${said}; register an account with NickServ and give it as \`sasl\``)
    else if (command === '432' && wire.fold(params[1] ?? '') === wire.fold(settings.nick))
      fail('invalid_config', `the server does not allow the nick ${settings.nick}: ${said}`)
    else if (['432', '433', '436', '437'].includes(command)) client.changeNick(others.next().value)
  })
  let loggedIn = false
  client.on('loggedin', () => (loggedIn = true))
  client.on('sasl failed', ({ reason }) => fail('unauthorized', refusals[reason] ?? `the login failed: ${reason}`))
  client.on('registered', () => {
    // A server without any capability never says that it lacks this one.
    if ((settings.sasl || settings.certificate) && !loggedIn) fail('unauthorized', refusals.capability_missing)
    else resolve()
  })
  void wire.closed.then((why) => fail('unavailable', why))
  using _deadline = clock.after(registerMs, () =>
    fail('unavailable', `${settings.host} did not answer; it will be tried again`),
  )
  const stop = () => fail('aborted', 'connecting was stopped')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await registered
    // What it supports comes after the welcome, and we must know how it folds names.
    await beat.roundTrip(wire.id, over.signal)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
