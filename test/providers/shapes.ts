import type { AnyLine, Line, Part } from '@openclaw/protocol'
import type { ModelRequest, Models } from '@openclaw/sdk'
import { collectEvents, connectProvider, shapeProblems, type Shape } from '@openclaw/testing'
import { fold } from '../../packages/agent/src/context.ts'
import { readable } from '../../packages/agent/src/request.ts'
import anthropic from '../../plugins/provider-anthropic/src/provider.ts'
import google from '../../plugins/provider-google/src/provider.ts'
import openai from '../../plugins/provider-openai/src/provider.ts'

/** A provider of one shape, with what its models keep of a part. */
export interface Vendor {
  readonly shape: Shape
  /** Full ids of two of its models. */
  readonly models: readonly [string, string]
  keep(model: string, n: number): unknown
  connect(fetch: typeof globalThis.fetch): Promise<Models>
}

export const vendors: readonly Vendor[] = [
  {
    shape: 'anthropic',
    models: ['anthropic/claude-sonnet-4-5', 'anthropic/claude-opus-4-6'],
    keep: (model, n) => ({ model, anthropic: n % 3 === 0 ? { redactedData: `data${n}` } : { signature: `sig${n}` } }),
    connect: (fetch) => connectProvider(anthropic, { key: 'k' }, { fetch }),
  },
  {
    shape: 'responses',
    models: ['openai/gpt-5', 'openai/gpt-4.1'],
    keep: (model, n) => ({ model, openai: { itemId: `rs_${n}`, reasoningEncryptedContent: `encrypted${n}` } }),
    connect: (fetch) => connectProvider(openai, { key: 'k', api: 'responses' }, { fetch }),
  },
  {
    shape: 'chat',
    models: ['openai/gpt-5-mini', 'openai/gpt-4o'],
    keep: (model) => ({ model, google: { thoughtSignature: 'c2ln' } }),
    connect: (fetch) => connectProvider(openai, { key: 'k', api: 'chat' }, { fetch }),
  },
  {
    shape: 'gemini',
    models: ['google/gemini-3-flash-preview', 'google/gemini-2.5-pro'],
    keep: (model) => ({ model, google: { thoughtSignature: 'c2lnbmF0dXJl' } }),
    connect: (fetch) => connectProvider(google, { key: 'k' }, { fetch }),
  },
]

const nameOf = (model: string) => model.slice(model.indexOf('/') + 1)
const providerOf = (model: string) => model.slice(0, model.indexOf('/'))

/** The same journal as these models would have written it: with what each of them keeps of its thinking and calls. */
export function writtenBy(
  journal: readonly AnyLine[],
  makers: readonly { vendor: Vendor; model: string }[],
): AnyLine[] {
  let n = 0
  return journal.map((line, at) => {
    if (line.kind !== 'assistant' || line.body === undefined) return line
    const { body } = line as Line<'assistant'>
    const { vendor, model } = makers[at % makers.length]!
    const content = body.content.map((part): Part =>
      part.keep === undefined ? part : { ...part, keep: vendor.keep(nameOf(model), ++n) },
    )
    return { ...line, body: { ...body, model, content } } as AnyLine
  })
}

const picture = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const tools: ModelRequest['tools'] = ['bash', 'read'].map((name) => ({
  name,
  description: `Does ${name}.`,
  input: { type: 'object', properties: { a: { type: 'number' } } },
}))

/**
 * Asks a vendor's real library with the request that is made from each prefix of a journal, and holds the bytes that it
 * would send against the vendor's rules. `problem` is the first one found; `requests` counts what was sent, and `sent`
 * is the last of it.
 */
export async function checkPrefixes(journal: readonly AnyLine[], vendor: Vendor, model: string) {
  let requests = 0
  let sent: unknown
  const models = await vendor.connect(async (_, init) => {
    sent = JSON.parse(init?.body as string)
    return Response.json({ error: { message: 'enough' } }, { status: 400 })
  })
  const context = fold()
  let before = ''
  for (let length = 0; length <= journal.length; length++) {
    if (length > 0) context.add(journal[length - 1]!)
    const found = context.turns()
    const text = JSON.stringify([found, context.system])
    if (text === before) continue
    before = text
    const turns = await readable(found, providerOf(model), true, { read: async () => picture })
    sent = undefined
    const request: ModelRequest = {
      model: nameOf(model),
      system: context.system ?? '',
      turns,
      tools,
      session: 's',
      local: true,
      ...(length % 2 === 0 ? { thinking: 'high' } : {}),
    }
    const events = await collectEvents(models, request)
    requests++
    const problems =
      sent === undefined ? [`nothing was sent: ${JSON.stringify(events)}`] : shapeProblems[vendor.shape](sent)
    if (problems.length > 0) return { requests, sent, problem: { journal: journal.slice(0, length), sent, problems } }
  }
  return { requests, sent, problem: undefined }
}
