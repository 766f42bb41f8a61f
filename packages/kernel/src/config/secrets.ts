import { isAbsolute, join } from 'node:path'
import { failure, type Problem } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { encodeName } from '@openclaw/sdk/host'
import type { Platform } from '../platform.ts'
import { isReference } from './fits.ts'
import type { Secrets } from './configuration.ts'
import { secretFields, type SecretField } from './fields.ts'
import type { JsonSchema } from './json-schema.ts'
import { openMask } from './mask.ts'
import { formatPath, isSection, setKey, withValue } from './path.ts'

/** One stored secret. A bound one counts only as long as the field beside it has the value that it had then. */
interface Stored {
  readonly value: string
  readonly boundTo?: string
  readonly boundValue?: string
}

interface CredentialFile {
  readonly version: 1
  readonly secrets: Readonly<Record<string, Stored>>
}

/** Names of variables that hold something nobody should read in a log. */
const secretName = /token|secret|passw|credential|key|auth|cookie|private|dsn|connection_string/i

/**
 * Opens the store of secrets. Values of the environment are taken only where a reference names them; those whose names
 * sound like secrets are masked all the same.
 */
export function openSecrets(options: {
  /** `credentials/` of the home. */
  readonly folder: string
  readonly platform: Platform
  readonly log: Log
}): Secrets {
  const { folder, log } = options
  const { files, env } = options.platform
  const { know, mask } = openMask()
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && value.length >= 8 && secretName.test(name)) know(value)

  const fileOf = (owner: string) => join(folder, `${encodeName(owner)}.json`)
  const load = async (owner: string): Promise<Readonly<Record<string, Stored>>> => {
    const text = await files.readText(fileOf(owner))
    if (text === undefined) return {}
    try {
      const { secrets } = JSON.parse(text) as CredentialFile
      return isSection(secrets) ? secrets : {}
    } catch (error) {
      throw failure(
        'invalid_config',
        `${owner}: ${fileOf(owner)} cannot be read; correct it, or remove it and store the secrets again`,
        { cause: error },
      )
    }
  }
  const save = async (owner: string, secrets: Readonly<Record<string, Stored>>) => {
    if (Object.keys(secrets).length === 0) return files.remove(fileOf(owner))
    await files.replace(fileOf(owner), `${JSON.stringify({ version: 1, secrets } satisfies CredentialFile, null, 2)}\n`)
  }

  /** A value, or why there is none. */
  const resolve = async (reference: string): Promise<{ value: string } | { problem: string; suggestion: string }> => {
    const [, kind, target = ''] = /^(env|file):(.*)$/s.exec(reference) ?? []
    if (kind === 'env') {
      const value = env[target]
      return value
        ? { value }
        : {
            problem: `the environment variable ${target} is not set`,
            suggestion: `start the gateway with ${target} set`,
          }
    }
    if (!isAbsolute(target))
      return {
        problem: `${target} is not the whole path of a file`,
        suggestion: 'write file: and a path from the root',
      }
    try {
      const text = await files.readText(target)
      const value = text?.replace(/\r?\n$/, '')
      return value
        ? { value }
        : {
            problem: `the file ${target} is ${text === undefined ? 'not there' : 'empty'}`,
            suggestion: 'write the secret into it, with mode 0600',
          }
    } catch (error) {
      return {
        problem: `the file ${target} cannot be read (${(error as { code?: string }).code ?? 'error'})`,
        suggestion: 'let the user of the gateway read it',
      }
    }
  }

  return {
    know,
    mask,
    async fill(owner, schema, given) {
      const problems: Problem[] = []
      const report = ({ path }: SecretField, message: string, suggestion: string) =>
        problems.push({ path: formatPath(path), message, suggestion })
      const stored = { ...(await load(owner)) }
      let dropped = false
      let value = structuredClone(given)
      for (const field of secretFields(schema as JsonSchema, value)) {
        const name = formatPath(field.path)
        if (field.value !== undefined) {
          if (typeof field.value !== 'string') continue
          const found = isReference(field.value) ? await resolve(field.value) : { value: field.value }
          if ('problem' in found) {
            report(field, found.problem, found.suggestion)
            value = withValue(value, field.path, undefined)
            continue
          }
          know(found.value)
          value = withValue(value, field.path, found.value)
          continue
        }
        const secret = Object.hasOwn(stored, name) ? stored[name] : undefined
        if (secret && !belongs(secret, field)) {
          delete stored[name]
          dropped = true
          log.warn(`${owner}: ${name} was stored for another ${secret.boundTo}, so it was dropped`)
          report(field, `the stored value belonged to another ${secret.boundTo}, so it was dropped`, 'store it again')
        } else if (secret) {
          know(secret.value)
          value = withValue(value, field.path, secret.value)
        } else if (field.required) {
          report(field, 'is missing', 'store it, or write env:NAME or file:PATH')
        }
      }
      if (dropped) await save(owner, stored)
      return { value, problems }
    },
    async store(owner, schema, secrets, value) {
      const fields = new Map(secretFields(schema as JsonSchema, value).map((field) => [formatPath(field.path), field]))
      const stored = { ...(await load(owner)) }
      for (const [name, secret] of Object.entries(secrets)) {
        if (secret === undefined) {
          delete stored[name]
          continue
        }
        const field = fields.get(name)
        if (!field)
          throw failure(
            'invalid_params',
            `${owner}: ${name} is no secret field; there ${fields.size === 0 ? 'is none' : `are ${[...fields.keys()].join(', ')}`}`,
          )
        know(secret)
        const { boundTo } = field.schema
        const bound = boundTo === undefined ? undefined : boundValue(field, boundTo)
        setKey(stored, name, {
          value: secret,
          ...(boundTo === undefined ? {} : { boundTo, ...(bound === undefined ? {} : { boundValue: bound }) }),
        } satisfies Stored)
      }
      await save(owner, stored)
    },
    async stored(owner, schema, value) {
      const stored = await load(owner)
      return secretFields(schema as JsonSchema, value).flatMap((field) => {
        const name = formatPath(field.path)
        const secret = Object.hasOwn(stored, name) ? stored[name] : undefined
        return secret && belongs(secret, field) ? [name] : []
      })
    },
    forget: (owner) => files.remove(fileOf(owner)),
  }
}

/** Does the field beside it have the value that it was stored for? */
function belongs(secret: Stored, field: SecretField): boolean {
  return secret.boundTo === undefined || boundValue(field, secret.boundTo) === secret.boundValue
}

/** What the field beside a secret says, by itself or by its default. */
function boundValue({ beside, within }: SecretField, name: string): string | undefined {
  const value = Object.hasOwn(beside, name) ? beside[name] : within.properties?.[name]?.default
  return value === undefined ? undefined : JSON.stringify(value)
}
