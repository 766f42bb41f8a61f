import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepOutput } from '../src/output.ts'
import { commandOf, shellArgv, terminalArgv } from '../src/shell.ts'

const keep = (limit: number, ...pieces: (string | Uint8Array)[]) => {
  const kept = keepOutput(limit)
  for (const piece of pieces) kept.add('out', typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
  return kept.text()
}

describe('kept output', () => {
  it('is what came, in order, when it is short', () => {
    const kept = keepOutput(1000)
    kept.add('out', new TextEncoder().encode('a\n'))
    kept.add('err', new TextEncoder().encode('b\n'))
    kept.add('out', new TextEncoder().encode('c\n'))
    expect(kept.text()).toBe('a\nb\nc')
  })

  it('keeps the beginning and the end of more, and says how much is left out', () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `line ${n}\n`)
    const text = keep(1000, ...lines)
    expect(text).toMatch(/^line 0\nline 1\n/)
    expect(text).toMatch(/line 9999$/)
    const dropped = Number(/\[(\d+) characters left out/.exec(text)?.[1])
    expect(dropped).toBe(lines.join('').length - 1000)
    expect(text.length).toBeLessThan(1200)
  })

  it('does not cut a letter that came in two pieces', () => {
    const bytes = new TextEncoder().encode('grüße')
    expect(keep(100, bytes.subarray(0, 3), bytes.subarray(3))).toBe('grüße')
  })

  it('drops colours, and lines that a progress bar overwrote', () => {
    expect(keep(1000, '\u001b[31mred\u001b[0m\r\n', '10%\r50%\r100%\ndone\n')).toBe('red\n100%\ndone')
  })

  it('drops what is no text', () => {
    expect(keep(1000, 'a\0\u0007b\tc\n')).toBe('ab\tc')
  })

  it('holds no more than its limit and a word on it, however much comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 5000 }), { maxLength: 40 }),
        fc.integer({ min: 100, max: 3000 }),
        (pieces, limit) => {
          expect(keep(limit, ...pieces).length).toBeLessThan(limit + 200)
        },
      ),
    )
  })
})

describe('the shell', () => {
  it('is PowerShell where the workspace stands on Windows, and bash or sh elsewhere', () => {
    expect(shellArgv('C:\\Users\\me', 'dir').slice(0, 1)).toEqual(['powershell.exe'])
    expect(shellArgv('/home/me', 'ls').slice(0, 2)).toEqual(['/bin/sh', '-c'])
  })

  it('shows a job as the command that was given', () => {
    for (const root of ['C:\\', '/home/me'])
      expect(commandOf(shellArgv(root, 'sleep 1 && ls').join(' '))).toBe('sleep 1 && ls')
    expect(commandOf(terminalArgv('top -d 1').join(' '))).toBe('top -d 1')
    expect(commandOf('something else')).toBe('something else')
  })
})
