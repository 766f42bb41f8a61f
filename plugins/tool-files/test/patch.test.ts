import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitHunks } from '../src/fit.ts'
import { parsePatch } from '../src/patch.ts'
import { open } from './open.ts'

const patch = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n')
/** Makes one update of a text. */
function update(text: string, ...lines: string[]): string {
  const [change] = parsePatch(patch('*** Update File: f', ...lines))
  if (change?.kind !== 'update') throw new Error('it is no update')
  return fitHunks('f', text, change.hunks)
}

describe('a patch', () => {
  it.each([
    ['no beginning', '*** End Patch', 'line 1 of the patch: it must be *** Begin Patch'],
    ['no end', '*** Begin Patch\n*** Add File: a\n+x', 'line 3 of the patch: the last line must be *** End Patch'],
    ['no file', patch('+x'), 'line 2 of the patch: "+x" does not begin'],
    ['nothing', patch(), 'changes no file'],
    [
      'an added line without +',
      patch('*** Add File: a', '+x', 'y'),
      'line 4 of the patch: each line of the new file a',
    ],
    ['an odd line', patch('*** Update File: a', '@@', '-x', '?y'), 'line 5 of the patch: a line in the update of a'],
    ['no change', patch('*** Update File: a', '@@', '-x', '@@ y', ' z'), 'a, hunk 2: it changes nothing'],
    ['an empty update', patch('*** Update File: a'), 'a: its update has no lines'],
  ])('with %s is refused with the place', (_, text, message) => {
    expect(() => parsePatch(text)).toThrow(
      expect.objectContaining({ code: 'invalid_params', message: expect.stringContaining(message) }),
    )
  })

  it.each([
    ['delete', patch('*** Delete File: a')],
    ['move', patch('*** Update File: a', '*** Move to: b', '@@', '-x', '+y')],
  ])('cannot %s files, and says what can', (verb, text) => {
    expect(() => parsePatch(text)).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: expect.stringMatching(`cannot ${verb} files; use bash`),
      }),
    )
  })
})

describe('a hunk', () => {
  it('changes lines between those that stay, one hunk after the other', () => {
    expect(update('a\nb\nc\nd\ne\n', ' a', '-b', '+B', '+BB', ' c', '@@', '-e', '+E')).toBe('a\nB\nBB\nc\nd\nE\n')
  })

  it('is looked for after the line that @@ names, whatever its white space', () => {
    const text = 'one {\n  x\n}\n  two {\n  x\n}\n'
    expect(update(text, '@@ two {', '-  x', '+  y')).toBe('one {\n  x\n}\n  two {\n  y\n}\n')
    expect(update(text, '@@ two {', '+  first')).toBe('one {\n  x\n}\n  two {\n  first\n  x\n}\n')
    expect(() => update(text, '@@ three', '-  x')).toThrow('f, hunk 1 of 1: there is no line "three"')
  })

  it('takes the numbers of a unified diff for nothing', () => {
    expect(update('a\nb\n', '@@ -7,2 +9,2 @@', '-b', '+c')).toBe('a\nc\n')
  })

  it('that fits in several places is refused with their lines', () => {
    expect(() => update('x\ny\nx\n', '-x', '+z')).toThrow(
      'f, hunk 1 of 1: its lines stand there 2 times, from line 1, 3',
    )
    expect(update('x\ny\nx\n', '-x', '+z', '*** End of File')).toBe('x\ny\nz\n')
  })

  it('that fits nowhere is refused with the line that does not fit', () => {
    expect(() => update('a\nb\n', '@@', ' a', '-c', '+d')).toThrow('first of all "c" at line 2')
    expect(() => update('a\nb\n', '@@', '-b', '+c', '@@', '-a', '+c')).toThrow(
      'f, hunk 2 of 2: its lines do not stand in the file after line 2, first of all "a"',
    )
  })

  it('keeps line ends, a byte order mark, and a last line without an end', () => {
    expect(update('\uFEFFa\r\nb\r\nc', '-a', '+x', '+y', ' b')).toBe('\uFEFFx\r\ny\r\nb\r\nc')
    expect(update('a\nb', ' b', '+c')).toBe('a\nb\nc')
    expect(update('a\nb\r\n', ' b', '+c')).toBe('a\nb\r\nc\r\n')
    expect(update('', '+a')).toBe('a\n')
  })

  it('fits into a file of very many lines', () => {
    const lines = (one: string) => Array.from({ length: 400_000 }, (_, n) => (n === 300_000 ? one : `${n}`)).join('\n')
    expect(update(lines('old'), '-old', '+new') === lines('new')).toBe(true)
  })

  it('made of any change to any lines makes that change', () => {
    const lines = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '*', '+') }), {
      minLength: 1,
      maxLength: 20,
    })
    const edits = fc.array(fc.record({ drop: fc.boolean(), add: fc.constantFrom([], ['new'], ['+', '']) }), {
      minLength: 20,
      maxLength: 20,
    })
    fc.assert(
      fc.property(lines, edits, (before, how) => {
        const hunk = before.flatMap((line, at) => [
          `${how[at]!.drop ? '-' : ' '}${line}`,
          ...how[at]!.add.map((added) => `+${added}`),
        ])
        fc.pre(hunk.some((line) => !line.startsWith(' ')))
        const after = before.flatMap((line, at) => [...(how[at]!.drop ? [] : [line]), ...how[at]!.add])
        const join = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')
        expect(update(join(before), '@@', ...hunk)).toBe(join(after))
      }),
    )
  })
})

describe('apply_patch', () => {
  const got = (folder: string, path: string) => readFile(join(folder, path), 'utf8').catch(() => undefined)

  it('changes and makes files together, one of them twice', async () => {
    await using bench = await open()
    await writeFile(join(bench.folder, 'a'), 'one\ntwo\n')
    const { text } = await bench.call('apply_patch', {
      patch: patch(
        '*** Update File: a',
        '-one',
        '+1',
        '*** Add File: sub/b',
        '+new',
        `*** Update File: ${bench.folder}/a`,
        '@@',
        '-two',
        '+2',
      ),
    })
    expect(text).toBe(`Updated a.\nCreated sub/b.\nUpdated ${bench.folder}/a.`)
    expect([await got(bench.folder, 'a'), await got(bench.folder, 'sub/b')]).toEqual(['1\n2\n', 'new\n'])
  })

  it.each([
    ['a hunk that fits nowhere', ['*** Update File: b', '-none', '+x'], 'conflict', 'b, hunk 1 of 1'],
    ['a file that is missing', ['*** Update File: c', '-x', '+y'], 'not_found', 'c: there is no such file'],
    ['a new file that is there', ['*** Add File: b', '+x'], 'conflict', 'b: it is there already'],
    ['a new file twice', ['*** Add File: d', '+x', '*** Add File: ./d', '+y'], 'conflict', 'd: it is there already'],
    ['a file outside', ['*** Add File: ../x', '+x'], 'forbidden', 'leads out of the workspace'],
  ])('writes nothing at all with %s', async (_, lines, code, message) => {
    await using bench = await open()
    for (const name of ['a', 'b']) await writeFile(join(bench.folder, name), 'one\n')
    const call = bench.call('apply_patch', {
      patch: patch('*** Update File: a', '-one', '+1', '*** Add File: new', '+x', ...lines),
    })
    await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect([await got(bench.folder, 'a'), await got(bench.folder, 'new')]).toEqual(['one\n', undefined])
  })

  it('says what was written when the disk stops it halfway', async () => {
    await using bench = await open()
    await mkdir(join(bench.folder, 'sub'))
    const call = bench.call('apply_patch', {
      patch: patch('*** Add File: sub/x', '+x', '*** Add File: sub/x/y', '+y', '*** Add File: z', '+z'),
    })
    await expect(call).rejects.toMatchObject({
      message: expect.stringContaining('sub/x had been written before sub/x/y'),
    })
    expect([await got(bench.folder, 'sub/x'), await got(bench.folder, 'z')]).toEqual(['x\n', undefined])
  })

  it('names the files for who is asked to allow it', async () => {
    await using bench = await open()
    const subject = bench.tools.get('apply_patch')?.subject
    expect(subject?.({ patch: patch('*** Update File: a', '-x', '+*** Add File: no', '*** Add File: b/c') })).toBe(
      'a, b/c',
    )
    expect(subject?.({ patch: 'x' })).toBe('a patch without files')
  })
})
