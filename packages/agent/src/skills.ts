import { access, constants, readdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { SkillInfo } from '@openclaw/protocol'
import { readFrontMatter } from './front-matter.ts'
import type { ReadText } from './texts.ts'

/** Where skills lie, and what their conditions are held against. */
export interface SkillPlaces {
  /** Folders of skills: the first to have a name wins, also when its skill lacks something here. */
  readonly folders: readonly string[]
  /** Dotted keys of the configuration that hold something. */
  readonly config: readonly string[]
}

/** Reads skills: folders with a SKILL.md. */
export interface Skills {
  /** In an order that only the files decide. Of a skill that may not be used here, `missing` says why. */
  list(places: SkillPlaces): Promise<SkillInfo[]>
}

/** The part of `metadata` that says where a skill can be used; the format is that of OpenClaw's skills. */
interface Gates {
  readonly always: boolean
  readonly os: readonly string[]
  readonly bins: readonly string[]
  readonly anyBins: readonly string[]
  readonly env: readonly string[]
  readonly config: readonly string[]
}

/** The same as somebody wrote it. */
interface Written {
  readonly always?: unknown
  readonly os?: unknown
  readonly requires?: Readonly<Record<string, unknown>>
}

const maxSkills = 100

/** Opens a reader of skills; `env` answers the names of the gateway's environment variables that hold something. */
export function openSkills({ read, env }: { read: ReadText; env(): readonly string[] }): Skills {
  async function missing({ os, bins, anyBins, ...gates }: Gates, config: readonly string[]): Promise<string[]> {
    if (gates.always) return []
    const absent: string[] = []
    for (const bin of bins) if (!(await isProgram(bin))) absent.push(bin)
    const some = await Promise.all(anyBins.map(isProgram))
    return [
      ...(os.length > 0 && !os.includes(process.platform) ? [`the system ${os.join(' or ')}`] : []),
      ...absent.map((bin) => `the program ${bin}`),
      ...(anyBins.length > 0 && !some.includes(true) ? [`one of the programs ${anyBins.join(', ')}`] : []),
      ...gates.env.filter((name) => !env().includes(name)).map((name) => `the environment variable ${name}`),
      ...gates.config.filter((key) => !config.includes(key)).map((key) => `the setting ${key}`),
    ]
  }

  async function describe(folder: string, file: string, text: string, config: readonly string[]): Promise<SkillInfo> {
    const matter = readFrontMatter(text)
    const gates = readGates(matter.get('metadata') ?? '')
    return {
      name: (matter.get('name') || folder).slice(0, 80),
      description: (matter.get('description') || 'no description').slice(0, 300),
      file,
      missing: gates ? await missing(gates, config) : ['a `metadata` that can be read: JSON with lists of names'],
    }
  }

  return {
    async list({ folders, config }) {
      const found = new Map<string, SkillInfo>()
      for (const folder of folders) {
        for (const name of (await readdir(folder).catch((): string[] => [])).toSorted()) {
          if (found.size >= maxSkills) break
          // A skill on its way here, or what a tool keeps beside them.
          if (name.startsWith('.')) continue
          const file = join(folder, name, 'SKILL.md')
          const text = await read(file)
          if (text === undefined) continue
          const skill = await describe(name, file, text, config)
          if (!found.has(skill.name)) found.set(skill.name, skill)
        }
      }
      return [...found.values()]
    },
  }
}

/** Undefined when it cannot be understood: then nobody knows where the skill may be used. */
function readGates(metadata: string): Gates | undefined {
  // Skills that are not written for OpenClaw keep other things here.
  const ours = /^\{|^openclaw:/.test(metadata)
  try {
    const { openclaw = {} } = (ours ? JSON.parse(metadata) : {}) as { openclaw?: Written }
    const { always, os, requires = {} } = openclaw
    return {
      always: always === true,
      os: namesIn(os),
      bins: namesIn(requires.bins),
      anyBins: namesIn(requires.anyBins),
      env: namesIn(requires.env),
      config: namesIn(requires.config),
    }
  } catch {
    return undefined
  }
}

function namesIn(list: unknown): readonly string[] {
  if (list === undefined) return []
  if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list
  throw new Error('not a list of names')
}

/** Whether a program of this name is on the PATH. */
async function isProgram(name: string): Promise<boolean> {
  if (name === '' || /[/\\]/.test(name)) return false
  const endings = process.platform === 'win32' ? (process.env['PATHEXT'] ?? '.EXE;.CMD').split(';') : ['']
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const ending of endings) if (await isExecutable(join(folder, name + ending))) return true
  }
  return false
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
