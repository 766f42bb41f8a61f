import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Opens a page in the person's browser. False where there is none to open, or none that starts.
 *
 * The link is a secret until it is used, and arguments of programs can be read by everybody on the machine: so the
 * browser is given a file of ours (0600), which sends it on.
 */
export async function openBrowser(url: string, home: string): Promise<boolean> {
  const program = opener()
  if (!program) return false
  const file = join(home, 'open.html')
  await writeFile(file, page(url), { mode: 0o600 })
  return await new Promise((resolve) => {
    const child = spawn(program[0], [...program.slice(1), pathToFileURL(file).href], {
      stdio: 'ignore',
      detached: true,
    })
    child.once('error', () => resolve(false))
    child.once('spawn', () => resolve(true))
    child.unref()
  })
}

function opener(): readonly [string, ...string[]] | undefined {
  if (process.platform === 'darwin') return ['/usr/bin/open']
  if (process.platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler']
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined
}

function page(url: string): string {
  const safe = url.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>OpenClaw</title><meta http-equiv="refresh" content="0;url=${safe}"><a href="${safe}">Chat with OpenClaw</a>\n`
}
