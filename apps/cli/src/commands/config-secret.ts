import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { readSecret } from '../secret.ts'

const secrets = {
  'gateway.password': ['password', 'Password of the gateway'],
  'gateway.proxy': ['proxy', 'Secret of the proxy'],
} as const

export const secret = defineCommand({
  takes: { which: { about: 'gateway.password or gateway.proxy' } },
  details:
    'It is asked for without showing it, or read from stdin; only a digest of it is stored, under credentials/ in the home.\nWorks with no gateway running; a running one takes it at once.',
  example: 'gateway.password',
  async run({ which }, cli) {
    if (!Object.hasOwn(secrets, which))
      throw usage(`config secret takes ${Object.keys(secrets).join(' or ')}, not "${which}".`)
    const [name, what] = secrets[which as keyof typeof secrets]
    const text = await readSecret(what, cli)
    const { openGatewaySecrets, realPlatform } = await import('@openclaw/kernel')
    await openGatewaySecrets({ home: cli.home, files: realPlatform().files }).set(name, text)
    return {
      value: { set: which },
      text: `${what}: set.`,
      next:
        name === 'password'
          ? ['Let it count', 'config set gateway.auth.mode password']
          : ['Where it stands', 'config get gateway.auth'],
    }
  },
})
