import { spawn } from 'node:child_process'
import { inject } from 'vitest'

/** A person at a terminal: `script` of util-linux gives the program one. */
export function sit(args: readonly string[], env: Readonly<Record<string, string>> = {}, program = inject('program')) {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', ...env },
  })
  let seen = ''
  const looks = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
    for (const look of [...looks]) look()
  })
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)))
  return {
    seen: () => seen,
    ended,
    type: (text: string) => child.stdin.write(text),
    until: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!pattern.test(seen)) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        void ended.then(() => reject(new Error(`ended before ${pattern}: ${seen}`)))
        look()
      }),
  }
}
