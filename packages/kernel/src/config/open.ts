import { dirname, join } from 'node:path'
import { failure, type Problem } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Platform } from '../platform.ts'
import { isReference } from './fits.ts'
import type { ConfigChange, ConfigEdit, Configuration, PluginSchema } from './configuration.ts'
import { editText } from './edit.ts'
import { maskSecrets } from './fields.ts'
import { overlaps, parsePath } from './path.ts'
import { changedPaths, digest, readConfig, type Reading } from './read.ts'
import { composeSchema, writeSchema } from './schema.ts'

/** What the gateway holds from its start to its end. */
const needRestart = ['gateway.port', 'gateway.bind', 'gateway.host', 'gateway.tls']

/** How often the file is looked at. A stat costs next to nothing and works on every file system. */
const lookMs = 2000

/** A file of which nobody wrote anything yet. */
const emptyFile = '{\n  "$schema": "./schema.json"\n}\n'

/**
 * Opens the configuration. A file that is wrong, or is not there, does not keep it from opening: see `problems` and
 * `closed`. A change that leaves the file unreadable keeps the former value in force until it is corrected.
 */
export async function openConfiguration(options: {
  readonly file: string
  readonly platform: Platform
  readonly log: Log
  /** Look after changes by others. */
  readonly watch: boolean
}): Promise<Configuration> {
  const { file, log } = options
  const { files, clock } = options.platform
  const schemaFile = join(dirname(file), 'schema.json')
  const listeners = new Set<(change: ConfigChange) => void>()

  let plugins: readonly PluginSchema[] | undefined
  let schema = composeSchema([])
  let text: string | undefined
  let reading: Reading = readConfig(undefined, schema, plugins)
  let stamp = ''
  let timer: Disposable | undefined
  let ended = false
  let work: Promise<unknown> = Promise.resolve()

  /** One after the other: an edit must not read what another is about to write. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = work.then(task)
    work = result.catch(() => {})
    return result
  }
  /** Some keep the file elsewhere and link to it: the link must stay one. */
  const target = () => files.realpath(file).catch(() => file)
  const lookAt = async () => {
    const found = await files.stat(await target())
    return found ? `${found.kind} ${found.size} ${found.modifiedMs}` : ''
  }

  const adopt = (next: string | undefined, first = false) => {
    const before = reading
    const read = readConfig(next, schema, plugins)
    text = next
    // A file that an editor has written half must not close everything that runs.
    reading = read.document || first ? read : { ...before, problems: read.problems }
    const turned = [...before.closed, ...reading.closed].filter(
      (path) => before.closed.has(path) !== reading.closed.has(path),
    )
    const paths = [...new Set([...changedPaths(before.value, reading.value), ...turned])]
    if (first || (paths.length === 0 && JSON.stringify(before.problems) === JSON.stringify(reading.problems)))
      return paths
    const change = { before: before.value, after: reading.value, paths, applied: appliesAt(paths) }
    for (const listen of listeners) {
      try {
        listen(change)
      } catch (error) {
        log.error('config: a listener failed', { error: String(error) })
      }
    }
    return paths
  }
  const read = async (first = false) => {
    stamp = await lookAt()
    adopt(await files.readText(file), first)
  }

  const watch = () => {
    timer = clock.after(lookMs, () => {
      void inTurn(async () => {
        if (!ended && (await lookAt()) !== stamp) await read()
      })
        .catch((error: unknown) => log.warn(`config: ${file} cannot be read`, { error: String(error) }))
        .finally(() => {
          if (!ended) watch()
        })
    })
  }

  /** Writes the file with these keys changed, unless that would make new problems. */
  const edit = (changes: readonly ConfigEdit[], expected?: string, by?: 'person') =>
    inTurn(async () => {
      const what = `config set ${changes.map(({ path }) => path).join(', ')}`
      const current = await files.readText(file)
      if (expected !== undefined && digest(current) !== expected) {
        throw failure('conflict', `${what}: ${file} is not the one that you saw; read it again and repeat the change`)
      }
      if (by !== 'person' && changes.some(({ value }) => holdsReference(value))) {
        throw failure(
          'forbidden',
          `${what}: a reference to the environment or a file counts only when a person writes it; write it into ${file}, or use \`openclaw config set\` in a terminal`,
        )
      }
      const edited = changes.reduce(
        (text, { path, value }) => editText(text, parsePath(path), value),
        current === undefined || current.trim() === '' ? emptyFile : current,
      )
      const problems = newProblems(
        readConfig(current, schema, plugins).problems,
        readConfig(edited, schema, plugins).problems,
      )
      if (problems.length > 0) {
        const [first] = problems
        throw failure(
          'invalid_config',
          `${what}: ${first?.path}: ${first?.message}${first?.suggestion ? `; ${first.suggestion}` : ''}; nothing was changed`,
          { problems: [...problems] },
        )
      }
      // Somebody's editor may have written since: their change must not be lost.
      if ((await files.readText(file)) !== current)
        throw failure('conflict', `${what}: ${file} was changed meanwhile; repeat the change`)
      await files.replace(await target(), edited)
      stamp = await lookAt()
      return { applied: appliesAt(adopt(edited)) }
    })

  await read(true)
  if (options.watch) watch()

  return {
    file,
    get value() {
      return reading.value
    },
    get problems() {
      return reading.problems
    },
    get document() {
      return reading.document ?? {}
    },
    get closed() {
      return reading.closed
    },
    get hash() {
      return digest(text)
    },
    reload: () => inTurn(() => read()),
    set: (path, value, hash, by) => edit([{ path, value }], hash, by),
    edit,
    check: (candidate) => readConfig(candidate, schema, plugins).problems,
    schema: () => schema,
    extend: (added) =>
      inTurn(async () => {
        plugins = added.toSorted((one, other) => (one.id < other.id ? -1 : 1))
        schema = composeSchema(plugins)
        const written = writeSchema(schema)
        try {
          if ((await files.readText(schemaFile)) !== written) await files.replace(schemaFile, written)
        } catch (error) {
          // Editors look at it; nothing that runs does.
          log.warn(`config: ${schemaFile} could not be written; the next start tries again`, { error: String(error) })
        }
        adopt(text)
      }),
    onChange(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    masked: () => maskSecrets(schema, reading.document ?? {}, isReference),
    async [Symbol.asyncDispose]() {
      ended = true
      timer?.[Symbol.dispose]()
      listeners.clear()
      await work
    },
  }
}

function appliesAt(paths: readonly string[]): 'now' | 'restart' {
  return paths.some((path) => needRestart.some((held) => overlaps(path, held))) ? 'restart' : 'now'
}

/** Problems that a change would bring. Removing an item moves those behind it, which makes no new ones. */
function newProblems(before: readonly Problem[], after: readonly Problem[]): readonly Problem[] {
  const name = ({ path, message }: Problem) => `${path.replaceAll(/(?<=\.)\d+(?=\.|$)/g, '#')} ${message}`
  const known = new Set(before.map(name))
  return after.filter((problem) => !known.has(name(problem)))
}

function holdsReference(value: unknown): boolean {
  return (
    isReference(value) || (typeof value === 'object' && value !== null && Object.values(value).some(holdsReference))
  )
}
