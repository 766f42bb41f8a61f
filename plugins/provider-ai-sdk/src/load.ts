import { fileURLToPath } from 'node:url'
import type { Model } from '@openclaw/provider-kit'
import { failure } from '@openclaw/sdk'

/** What a provider package's factory gives: a function, an object, or both. */
type Made = ((id: string) => unknown) & { languageModel?(id: string): unknown }

/** Which package is loaded, and what its factory is called with. */
export interface Wanted {
  readonly package: string
  readonly factory?: string | undefined
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Loads a provider package from where this plugin is installed, and gives its models. Throws `not_found` with the
 * command that installs it, and `unsupported` when it is no provider, or speaks another version of the interface.
 */
export async function loadPackage({ package: name, factory, options }: Wanted): Promise<(id: string) => Model> {
  const module = await importPackage(name)
  const make = module[factory ?? factoryOf(name, module)]
  if (typeof make !== 'function')
    throw failure(
      'unsupported',
      `ai-sdk: ${name} has no function ${factory ?? ''}; set \`factory\` to one that it exports`,
    )
  const made = (make as (options: object) => Made)(options)
  return (id) => {
    const model = (made.languageModel ? made.languageModel(id) : made(id)) as Model & { specificationVersion?: string }
    if (model?.specificationVersion === 'v4') return model
    const speaks = model?.specificationVersion ?? 'another interface'
    throw failure('unsupported', `ai-sdk: ${name} speaks ${speaks}, and v4 is needed; install its newest version`)
  }
}

async function importPackage(name: string): Promise<Record<string, unknown>> {
  try {
    return (await import(/* @vite-ignore */ name)) as Record<string, unknown>
  } catch (thrown) {
    const { code, message = '' } = thrown as { code?: string; message?: string }
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(name)) throw thrown
    throw failure(
      'not_found',
      `ai-sdk: ${name} is not installed; run \`npm install --ignore-scripts --save-exact --prefix ${treeOf(fileURLToPath(import.meta.url))} ${name}\` and restart the gateway`,
      { cause: thrown },
    )
  }
}

/** The folder of plugins in which this one is installed: what stands before `node_modules`. */
export function treeOf(file: string): string {
  return /^(.*)[\\/]node_modules[\\/]/.exec(file)?.[1] ?? '~/.openclaw/plugins'
}

/** `createMistral` of `@ai-sdk/mistral`; else the only export that begins so. */
function factoryOf(name: string, module: Record<string, unknown>): string {
  const wanted = `create${name
    .split('/')
    .at(-1)!
    .replace(/[^a-z0-9]/gi, '')}`.toLowerCase()
  const made = Object.keys(module).filter((key) => /^create[A-Z]/.test(key) && typeof module[key] === 'function')
  const found = made.find((key) => key.toLowerCase() === wanted) ?? (made.length === 1 ? made[0] : undefined)
  if (found) return found
  throw failure(
    'unsupported',
    `ai-sdk: ${name} does not say how its provider is made; set \`factory\` to ${made.length > 0 ? `one of ${made.join(', ')}` : 'the export that does'}`,
  )
}
