import { usage } from '../arguments.ts'
import { defineCommand } from '../command.ts'
import { readSecret } from '../secret.ts'

export const auth = defineCommand({
  takes: { provider: { about: 'The provider, e.g. openai' } },
  options: {
    url: {
      type: 'text',
      value: 'URL',
      about: 'Base URL of the endpoint; another URL than before drops the stored key',
    },
    field: { type: 'text', value: 'NAME', about: 'The secret that the provider calls so; key when absent' },
    'no-key': { type: 'boolean', about: 'The endpoint needs no key: store the URL only' },
  },
  details:
    'The key is asked for without showing it, or read from stdin: openclaw models auth openai < key.txt\nIt is stored under credentials/ in the home, and never in openclaw.json, in arguments or in logs.',
  example: 'openai --url https://api.openai.com/v1',
  async run({ provider, url, field, ...given }, cli) {
    if (given['no-key'] && url === undefined) throw usage('--no-key needs --url.')
    const gateway = await cli.gateway()
    const key = given['no-key'] ? undefined : await readSecret(`Key of ${provider}`, cli)
    const value = await gateway.call('models.auth', {
      provider,
      ...(key === undefined ? {} : { secrets: { [field ?? 'key']: key } }),
      ...(url === undefined ? {} : { config: { baseUrl: url } }),
    })
    return {
      value,
      text: `${provider}: ${key === undefined ? 'the URL' : 'the key'} is stored.`,
      next: ['Which models it has', `models list ${provider}`],
    }
  },
})
