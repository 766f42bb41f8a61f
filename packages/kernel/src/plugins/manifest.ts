import { Manifest, pluginApi } from '@openclaw/protocol'
import { checkDocument } from '../config/check.ts'
import { fits } from '../config/fits.ts'
import type { JsonSchema } from '../config/json-schema.ts'
import { isSection, valueAt } from '../config/path.ts'

/** A plugin's manifest, or why it cannot be used. */
export type ManifestReading =
  | { readonly manifest: Manifest; readonly reason?: undefined }
  | { readonly manifest?: undefined; readonly id: string; readonly reason: string }

const schema = Manifest as unknown as JsonSchema

/** Reads the `openclaw` field of a package.json. `name` is the npm name, for what to say. */
export function readManifest(name: string, field: unknown): ManifestReading {
  const given = valueAt(field, ['id'])
  const id = typeof given === 'string' && given !== '' ? given.slice(0, 40) : name
  const api = valueAt(field, ['api'])
  // A newer contract may have another manifest, so this is asked first.
  if (typeof api === 'number' && api > pluginApi) {
    return {
      id,
      reason: `${name} speaks plugin API ${api} and this gateway ${pluginApi}; install a version of it that speaks ${pluginApi}, or a newer OpenClaw`,
    }
  }
  if (isSection(field) && fits(schema, field)) return { manifest: field as Manifest }
  const problems = checkDocument({ ...schema, restricts: true }, field).problems.filter(
    ({ message }) => !message.startsWith('unknown key;'),
  )
  return {
    id,
    reason: `the manifest of ${name} is wrong: ${problems.map(({ path, message }) => `${path ? `openclaw.${path}` : 'openclaw'}: ${message}`).join('; ')}`,
  }
}
