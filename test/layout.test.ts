import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  codeUnder,
  files,
  importsOf,
  packageOf,
  packagesIn,
  read,
  root,
  type Import,
  type Package,
} from './layout/workspace.ts'

const libraries = packagesIn('packages')
const plugins = packagesIn('plugins')
const apps = packagesIn('apps')
const examples = packagesIn('examples')
const all = [...libraries, ...plugins, ...apps, ...examples]

/** What each package may import of ours, besides itself. */
const allowed: Record<string, string[]> = {
  '@openclaw/protocol': [],
  '@openclaw/sdk': ['@openclaw/protocol'],
  '@openclaw/client': ['@openclaw/protocol'],
  '@openclaw/kernel': ['@openclaw/protocol', '@openclaw/sdk', '@openclaw/client'],
  '@openclaw/agent': ['@openclaw/protocol', '@openclaw/sdk', '@openclaw/client'],
  '@openclaw/testing': [
    '@openclaw/protocol',
    '@openclaw/sdk',
    '@openclaw/client',
    '@openclaw/kernel',
    '@openclaw/agent',
    '@openclaw/channel-kit',
  ],
}
const kits = libraries.map((one) => one.manifest.name).filter((name) => name.endsWith('-kit'))
const forKit = ['@openclaw/protocol', '@openclaw/sdk']
const forPlugin = ['@openclaw/protocol', '@openclaw/sdk', ...kits]

const ours = (name: string | undefined) => name === 'openclaw' || name?.startsWith('@openclaw/') === true
const show = (one: Import) => `${one.file} imports ${one.from}`

function importsUnder(folder: string): Import[] {
  return codeUnder(folder).flatMap(importsOf)
}

/** Imports of ours in a package's source that its place does not allow. */
function trespasses({ folder, manifest }: Package, mayImport: string[]): string[] {
  return importsUnder(`${folder}/src/`)
    .filter(({ from }) => {
      const name = packageOf(from)
      return ours(name) && name !== manifest.name && !mayImport.includes(name!)
    })
    .map(show)
}

describe('who may import whom', () => {
  test.each(libraries.map((one) => [one.manifest.name, one] as const))('%s', (name, one) => {
    const mayImport = allowed[name] ?? (kits.includes(name) ? forKit : undefined)
    expect(mayImport, `${name} has no row in the table of who may import whom`).toBeDefined()
    expect(trespasses(one, mayImport!)).toEqual([])
  })

  test.each([...plugins, ...examples].map((one) => [one.manifest.name, one] as const))('%s', (_name, one) => {
    const methods = (from: string) => /^@openclaw\/[^/]+\/methods$/.test(from)
    const wrong = importsUnder(`${one.folder}/src/`)
      .filter(({ file, from, typeOnly }) => {
        const name = packageOf(from)
        if (!ours(name) || name === one.manifest.name || forPlugin.includes(name!)) return false
        // A page is a program in a browser, and talks to the gateway as every other client does.
        if (name === '@openclaw/client' && file.includes('/page/')) return false
        return !(typeOnly && methods(from))
      })
      .map(show)
    expect(wrong).toEqual([])
  })

  test('what runs entries is for those who run them, not for plugins and kits', () => {
    const wrong = [...plugins, ...examples, ...libraries.filter((one) => kits.includes(one.manifest.name))]
      .flatMap((one) => importsUnder(`${one.folder}/src/`))
      .filter(({ from }) => from.startsWith('@openclaw/sdk/'))
    expect(wrong.map(show)).toEqual([])
  })

  test('no app is imported, and nothing but tests and benches imports the testing package', () => {
    const outside = [...libraries, ...plugins, ...apps].filter((one) => one.manifest.name !== '@openclaw/testing')
    const wrong = outside
      .flatMap((one) => importsUnder(`${one.folder}/src/`))
      .filter(({ from }) => ['openclaw', '@openclaw/testing'].includes(packageOf(from) ?? ''))
    expect(wrong.map(show)).toEqual([])
  })

  test('a package is imported by its name and its exports, never by a path into its folder', () => {
    const wrong = all.flatMap(({ folder }) =>
      importsUnder(`${folder}/src/`).filter(
        ({ file, from }) => from.startsWith('.') && !join(file, '..', from).startsWith(`${folder}/`),
      ),
    )
    expect(wrong.map(show)).toEqual([])
  })

  test('what is imported is declared', () => {
    const wrong = all.flatMap(({ folder, manifest }) => {
      // A plugin may carry a vendor library inside itself and the program carries everything; then it is a
      // devDependency. What a library imports, its users must get with it.
      const bundles = folder.startsWith('plugins/') || folder.startsWith('apps/')
      const declared = new Set(
        Object.keys({
          ...manifest.dependencies,
          ...manifest.peerDependencies,
          ...manifest.optionalDependencies,
          ...(bundles ? manifest.devDependencies : {}),
        }),
      )
      return importsUnder(`${folder}/src/`).filter(({ from, typeOnly }) => {
        const name = packageOf(from)
        if (name === undefined || name === manifest.name || declared.has(name)) return false
        return !(typeOnly && declared.has(`@types/${name}`))
      })
    })
    expect(wrong.map(show)).toEqual([])
  })

  test('protocol runs in a browser: it imports nothing of Node', () => {
    const wrong = importsUnder('packages/protocol/src/').filter(({ from }) => from.startsWith('node:'))
    expect(wrong.map(show)).toEqual([])
  })
})

describe('the same rooms in every plugin', () => {
  test.each(plugins.map((one) => [one.folder, one] as const))('%s', (folder, { manifest }) => {
    expect(manifest.name).toBe(`@openclaw/${folder.split('/')[1]}`)
    const lacks = ['README.md', 'src/config.ts', 'test/conformance.test.ts'].filter(
      (file) => !existsSync(join(root, folder, file)),
    )
    expect(lacks, 'missing').toEqual([])

    const points = Object.keys(manifest.openclaw?.hooks ?? {})
    expect(points.length, 'hook points in the openclaw manifest').toBeGreaterThan(0)
    expect(['channel', 'tool', 'provider', 'gateway']).toEqual(expect.arrayContaining(points))
    expect(points, 'the folder is named by a hook point it plugs into').toContain(folder.split('/')[1]!.split('-')[0])
    for (const path of [...Object.values(manifest.openclaw!.hooks), manifest.openclaw!.config ?? './config']) {
      const source = manifest.exports?.[path]
      expect(source, `exports of ${path}`).toEqual(expect.any(String))
      expect(existsSync(join(root, folder, source as string)), `${folder}: ${path} is ${String(source)}`).toBe(true)
    }
  })

  test('the configuration schema imports no vendor library', () => {
    const wrong = [...plugins, ...examples]
      .flatMap(({ folder }) =>
        existsSync(join(root, folder, 'src/config.ts')) ? importsOf(`${folder}/src/config.ts`) : [],
      )
      .filter(
        ({ from }) => !['typebox', '@openclaw/sdk', '@openclaw/protocol'].includes(from) && !from.startsWith('./'),
      )
    expect(wrong.map(show)).toEqual([])
  })

  test('no two plugins take the same id', () => {
    const ids = plugins.map((one) => one.manifest.openclaw!.id)
    expect(ids).toEqual([...new Set(ids)])
  })
})

describe('what the kernel does not know', () => {
  const platforms =
    'telegram|discord|slack|whatsapp|signal-cli|imessage|bluebubbles|google ?chat|googlechat|msteams|teams|matrix|mattermost|irc'
  const vendors = 'anthropic|claude|openai|gpt|gemini|ollama|mistral|llama|bedrock|openrouter|groq|lm ?studio|vllm'
  const tools = 'docker|podman|bubblewrap|bwrap|playwright|puppeteer|chromium|bash'
  const names = new RegExp(`(?<![a-z])(${platforms}|${vendors}|${tools})(?![a-z])`, 'i')

  test('no platform, vendor or tool stands in its sources', () => {
    const found = codeUnder('packages/kernel/src/').flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (names.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })

  test('it depends on no plugin', () => {
    const kernel = libraries.find((one) => one.manifest.name === '@openclaw/kernel')!
    const points = /^@openclaw\/(channel|tool|provider|gateway)-(?!kit$)/
    expect(
      Object.keys({ ...kernel.manifest.dependencies, ...kernel.manifest.peerDependencies }).filter((name) =>
        points.test(name),
      ),
    ).toEqual([])
  })
})

describe('the house', () => {
  test('no source file is longer than 350 lines', () => {
    const sources = files.filter((file) => /(^|\/)(src|bin|scripts)\/.*\.(ts|tsx|mjs)$/.test(file))
    const long = sources
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 350)
    expect(long).toEqual([])
  })

  test('the root has these ten scripts', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)
    expect(scripts).toEqual(['start', 'test', 'dev', 'build', 'check', 'fix', 'bench', 'soak', 'changeset', 'release'])
  })

  test('no package of ours runs a script when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare']
    const found = all.flatMap(({ folder, manifest }) =>
      Object.keys(manifest.scripts ?? {})
        .filter((name) => hooks.includes(name))
        .map((name) => `${folder}: ${name}`),
    )
    expect(found).toEqual([])
  })

  test('the program depends on nothing: everything in it is in its bundle', () => {
    const program = apps.find((one) => one.manifest.name === 'openclaw')!
    expect(
      Object.keys({
        ...program.manifest.dependencies,
        ...program.manifest.optionalDependencies,
        ...program.manifest.peerDependencies,
      }),
    ).toEqual([])
  })

  test('every version is exact', () => {
    const ranges = all.flatMap(({ folder, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|workspace:.+|npm:.+@\d+\.\d+\.\d+)$/.test(version))
        .map(([name, version]) => `${folder}: ${name} ${version}`),
    )
    expect(ranges).toEqual([])
  })

  test('no file names a path of the machine it was written on', () => {
    const parent = join(root, '..')
    // In a clone at the top of the file system or in a home of one letter, the parent is too short to mean anything.
    const paths = parent.length > 4 ? [`${parent}/`] : []
    const found = files.filter(
      (file) => !/\.(png|jpg|woff2|ico)$/.test(file) && paths.some((path) => read(file).includes(path)),
    )
    expect(found).toEqual([])
  })

  test('nothing is mocked by module', () => {
    // Spelled apart, or this file would find itself.
    const words = ['mock', 'doMock'].map((name) => `vi.${name}(`)
    const found = files.filter((file) => /\.tsx?$/.test(file) && words.some((word) => read(file).includes(word)))
    expect(found).toEqual([])
  })
})
