/** `channels.gate.accounts.<name>`: written without a library, as a plugin of somebody else may be. */
export const account = {
  type: 'object',
  additionalProperties: false,
  description: '1. Ask the keeper for a token. 2. Give it here.',
  required: ['server', 'token'],
  properties: {
    server: { type: 'string', pattern: '^http://', description: 'Where the keeper lives.' },
    token: { type: 'string', secret: true, description: 'What the keeper gave.' },
    mode: { enum: ['polling', 'webhook'], default: 'polling', description: 'How messages come.' },
    signing: { type: 'string', secret: true, description: 'For webhooks.' },
    limit: { type: 'integer', minimum: 1, default: 5 },
  },
}
