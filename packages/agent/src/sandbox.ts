import { posix } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Output, WorkspaceFile } from '@openclaw/sdk'
import { collect } from './exec.ts'
import { inside, maxReadBytes, type WorkspaceFiles } from './files.ts'

/** Runs a command inside the sandbox. */
export type RunInside = (argv: readonly string[], stdin?: Uint8Array) => AsyncIterable<Output>

const maxList = 4 * 1024 * 1024

/** Resolves "$1" and refuses what is not below "$0" before anything else happens. Needs only what busybox has. */
const confine = `root=$(readlink -f -- "$0") || exit 90
p=$(readlink -f -- "$1" 2>/dev/null) || { d=$(readlink -f -- "$(dirname -- "$1")" 2>/dev/null) || d=; [ -n "$d" ] && p="$d/$(basename -- "$1")" || p=; }
[ -n "$p" ] || exit 91
case "$p" in "$root"|"$root"/*) ;; *) exit 92;; esac
`
/** What stands under the name "$2" in the folder "$1"; only the folder is resolved. */
const entry = `${confine}e="$p/$2"; `
const mustBeFile = `{ [ -L "$e" ] && exit 94; [ -f "$e" ] || { [ -e "$e" ] && exit 94; exit 91; }; }`
const scripts = {
  read: `${confine}[ -d "$p" ] && exit 93; [ -f "$p" ] || exit 91; if [ -n "$2" ]; then tail -c +"$2" -- "$p" | head -c "$3"; else cat -- "$p"; fi`,
  write: `${confine}[ -d "$p" ] && exit 93; t="$p.$$.part"; umask 077; cat >"$t" && mv -f -- "$t" "$p"`,
  folder: `${confine}exit 0`,
  remove: `${entry}if [ -d "$e" ] && [ ! -L "$e" ]; then [ -z "$(ls -A -- "$e")" ] || exit 95; rmdir -- "$e"; else ${mustBeFile}; rm -f -- "$e"; fi`,
  file: `${entry}${mustBeFile}`,
  free: `${entry}{ [ -e "$e" ] || [ -L "$e" ]; } && exit 96; exit 0`,
  move: `${entry}${mustBeFile}; f=$e; shift 2; ${entry}mv -- "$f" "$e"`,
  make: `mkdir -p -- "$1"`,
  list: `${confine}[ -d "$p" ] || exit 91; cd "$p" && for f in * .[!.]* ..?*; do [ -e "$f" ] || [ -L "$f" ] || continue; if [ -L "$f" ]; then k=other; elif [ -f "$f" ]; then k=file; elif [ -d "$f" ]; then k=folder; else k=other; fi; printf '%s %s %s\\0' "$k" "$(stat -c %s -- "$f")" "$f"; done`,
  stat: `${confine}if [ -f "$p" ]; then k=file; elif [ -d "$p" ]; then k=folder; elif [ -e "$p" ]; then k=other; else exit 91; fi; printf '%s %s\\0' "$k" "$(stat -c %s -- "$p")"`,
} as const

/** Files of a sandbox, through its command prefix; paths are confined to its root there. */
export function openSandboxFiles(root: string, run: RunInside): WorkspaceFiles {
  const full = (path: string) => posix.join(root, inside(root, path))
  /** The folder of a path, and its last name. */
  const split = (path: string) => {
    if (inside(root, path) === '')
      throw failure('invalid_params', `${path || '.'} is the workspace itself; name a file`)
    return [posix.dirname(full(path)), posix.basename(full(path))] as const
  }
  async function sh(
    script: keyof typeof scripts,
    path: string,
    {
      at = [full(path)],
      more = [],
      stdin,
      maxBytes = maxReadBytes,
    }: { at?: readonly string[]; more?: readonly string[]; stdin?: Uint8Array; maxBytes?: number } = {},
  ): Promise<Buffer> {
    const { out, err, exit, cut } = await collect(
      run(['sh', '-c', scripts[script], root, ...at, ...more], stdin),
      maxBytes,
    )
    if (cut) throw failure('invalid_params', `${path} has more than ${maxBytes} bytes; read a range of it`)
    if (exit === 0) return out
    if (exit === 91)
      throw failure('not_found', `there is no ${path} in the workspace; list the folder to see what there is`)
    if (exit === 92) throw failure('forbidden', `${path} leads out of the workspace; name a path inside it`)
    if (exit === 93) throw failure('invalid_params', `${path} is a folder; name a file`)
    if (exit === 94) throw failure('invalid_params', `${path} is not a file`)
    if (exit === 95) throw failure('conflict', `${path} is a folder with something in it; remove that first`)
    if (exit === 96) throw failure('conflict', `${path} is there already; remove it first or take another name`)
    throw failure('unavailable', `${path}: the sandbox answered with ${exit}: ${err.trim() || 'nothing'}`)
  }
  const parse = (entry: string, name?: string): WorkspaceFile => {
    const [kind, size, ...rest] = entry.split(' ')
    return { kind: kind as WorkspaceFile['kind'], sizeBytes: Number(size), name: name ?? rest.join(' ') }
  }
  async function makeFolders(folder: string): Promise<void> {
    let at = ''
    for (const name of folder.slice(root.length).split('/').filter(Boolean)) {
      at = posix.join(at, name)
      // One level at a time, each checked, so that no link leads the next one out.
      await sh('folder', at)
      await sh('make', at)
    }
  }
  return {
    read: (path, range) =>
      sh('read', path, {
        more: range ? [String(range.start + 1), String(Math.max(0, range.end - range.start))] : ['', ''],
      }),
    async write(path, bytes) {
      await makeFolders(posix.dirname(full(path)))
      await sh('write', path, { stdin: bytes })
    },
    remove: async (path) => void (await sh('remove', path, { at: split(path) })),
    async move(from, to) {
      const [folder, name] = split(to)
      await sh('file', from, { at: split(from) })
      await makeFolders(folder)
      await sh('free', to, { at: [folder, name] })
      await sh('move', from, { at: [...split(from), folder, name] })
    },
    list: async (path) =>
      (await sh('list', path, { maxBytes: maxList }))
        .toString('utf8')
        .split('\0')
        .filter(Boolean)
        .map((entry) => parse(entry))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async stat(path) {
      try {
        const [entry] = (await sh('stat', path)).toString('utf8').split('\0')
        return parse(entry!, posix.basename(full(path)))
      } catch (thrown) {
        if ((thrown as { code?: string }).code === 'not_found') return undefined
        throw thrown
      }
    },
  }
}
