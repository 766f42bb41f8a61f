import type { Config } from '@openclaw/protocol'
import type { Configuration } from '../config/configuration.ts'

/**
 * The `gateway` section as it is in force: what a command line says wins, and a part that restricts and is wrong keeps
 * off what it guards: without a valid `auth` or `tls` nobody is let in from outside this machine.
 */
export function gatewaySection(
  configuration: Pick<Configuration, 'value' | 'closed'>,
  given: { readonly port?: number; readonly bind?: 'loopback' | 'lan' },
): NonNullable<Config['gateway']> {
  const { auth, tls, ...rest } = configuration.value.gateway ?? {}
  const section = {
    ...rest,
    ...(given.port === undefined ? {} : { port: given.port }),
    ...(given.bind === undefined ? {} : { bind: given.bind }),
  }
  const wrong = [...configuration.closed].some(
    (path) => path === 'gateway' || path.startsWith('gateway.auth') || path.startsWith('gateway.tls'),
  )
  if (wrong) return { ...section, bind: 'loopback', auth: { mode: 'token' } }
  return { ...section, ...(auth ? { auth } : {}), ...(tls ? { tls } : {}) }
}
