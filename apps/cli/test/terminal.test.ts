import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ago, columns, inputLine, oneLine, printable, span } from '../src/terminal.ts'
import { run, startGateway, temporary } from './run.ts'
import { sit } from './sit.ts'

describe('text from outside', () => {
  it('S16: holds nothing that moves the cursor, changes colours or turns the order of letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const safe of [printable(text), oneLine(text, 40)])
          expect(safe).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
    expect(printable('a\u001b]0;title\u0007b\u001b[2Jc\rd\ne\tf')).toBe('abcd\ne\tf')
  })

  it('is cut to whole characters on one line', () => {
    expect(oneLine('one\n two\tthree', 60)).toBe('one two three')
    expect(oneLine('👩👩👩👩', 3)).toBe('👩👩…')
  })

  it('of a tool call is the one text, or all of it', () => {
    expect(inputLine({ command: 'ls -l\nrm x' })).toBe('ls -l rm x')
    expect(inputLine({ path: 'a', lines: 3 })).toBe('{"path":"a","lines":3}')
    expect(inputLine(undefined)).toBe('')
  })
})

describe('tables and times', () => {
  it('line up, whatever stands in them', () => {
    expect(
      columns([
        ['A', 'LONG'],
        ['a\u001b[31mbc', 'x\ny'],
      ]),
    ).toEqual(['A    LONG', 'abc  x y'])
  })
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, text) => expect(span(ms)).toBe(text))
  it('what is just over is now', () => expect(ago(1000, 5000)).toBe('now'))
})

describe.skipIf(!existsSync('/usr/bin/script'))('at a terminal', () => {
  it('a conversation streams, runs tools, is stopped by Ctrl-C and then left by it', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    const person = sit(['chat', '--home', home.path])
    await person.until(/> /)
    person.type('run echo one-two\r')
    await person.until(/→ bash echo one-two[^]*one-two[^]*> .*$/)
    person.type('run sleep 60\r')
    await person.until(/→ bash sleep 60/)
    person.type('\u0003')
    await person.until(/Stopped\.[^]*> .*$/)
    person.type('\u0003')
    expect(await person.ended).toBe(0)
  })

  it('S14: a key that is typed is not shown', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    const person = sit(['models', 'auth', 'openai', '--home', home.path])
    await person.until(/not shown\): /)
    person.type('sk-canary-987\r')
    await person.until(/the key is stored/)
    expect(await person.ended).toBe(0)
    expect(person.seen()).not.toContain('canary')
  })

  it('what cannot be undone is asked for, and a no changes nothing', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    await run(['agent', '-m', 'tools', '--home', home.path])
    const person = sit(['sessions', 'delete', 'agent:main:local:default:owner', '--home', home.path])
    await person.until(/for good\? \[y\/N\] /)
    person.type('n\r')
    expect(await person.ended).toBe(1)
    expect((await run(['sessions', 'list', '--home', home.path])).stdout).toContain('agent:main:local:default:owner')
  })

  it('uses colours, and none with NO_COLOR', async () => {
    await using home = await temporary()
    const painted = sit(['doctor', '--home', home.path])
    await painted.ended
    expect(painted.seen()).toContain('\u001b[32m✓')
    const plain = sit(['doctor', '--home', home.path], { NO_COLOR: '1' })
    await plain.ended
    expect(plain.seen()).not.toContain('\u001b[3')
  })
})

describe.skipIf(process.platform !== 'linux')('opening the browser', () => {
  it('S1: the link is in no argument, only in a file that nobody else can read', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    const bin = join(home.path, 'bin')
    const told = join(home.path, 'told')
    await mkdir(bin)
    await writeFile(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$*" > "${told}.part" && mv "${told}.part" "${told}"\n`,
      { mode: 0o755 },
    )
    const { stdout } = await run(['open', '--home', home.path], {
      env: { PATH: `${bin}:${process.env['PATH']}`, DISPLAY: ':0' },
    })
    const link = /http\S+#link=(\S+)/.exec(stdout)?.[1] ?? 'no link'
    await expect.poll(() => existsSync(told), { timeout: 10_000 }).toBe(true)
    const given = await readFile(told, 'utf8')
    expect(given).toMatch(/^file:\/\/\S+open\.html$/)
    expect(given).not.toContain(link)
    const file = new URL(given)
    expect((await stat(file)).mode & 0o077).toBe(0)
    expect(await readFile(file, 'utf8')).toContain(link)
  })

  it('prints the link where there is no display', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    expect((await run(['open', '--home', home.path])).stdout).toMatch(/^Open this link: http\S+#link=\S+\n$/)
  })
})
