import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
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
    ['lines of a deleted file', patch('*** Delete File: a', '-x'), 'line 3 of the patch: a is deleted'],
    ['an empty update', patch('*** Update File: a'), 'a: its update has no lines'],
  ])('with %s is refused with the place', (_, text, message) => {
    expect(() => parsePatch(text)).toThrow(
      expect.objectContaining({ code: 'invalid_params', message: expect.stringContaining(message) }),
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
    ['a file outside deleted', ['*** Delete File: ../x'], 'forbidden', 'leads out of the workspace'],
    ['a folder deleted', ['*** Delete File: sub'], 'invalid_params', 'sub: it is not a file'],
    [
      'a file that is deleted already',
      ['*** Delete File: b', '*** Delete File: b'],
      'not_found',
      'b: there is no such',
    ],
    ['a file moved outside', ['*** Update File: b', '*** Move to: ../x'], 'forbidden', 'leads out of the workspace'],
    ['a file moved onto another', ['*** Update File: b', '*** Move to: a'], 'conflict', 'a: it is there already'],
    [
      'an update of a moved file',
      ['*** Update File: b', '*** Move to: c', '*** Delete File: b'],
      'not_found',
      'b: there',
    ],
  ])('writes nothing at all with %s', async (_, lines, code, message) => {
    await using bench = await open()
    await mkdir(join(bench.folder, 'sub'))
    for (const name of ['a', 'b']) await writeFile(join(bench.folder, name), 'one\n')
    const call = bench.call('apply_patch', {
      patch: patch('*** Update File: a', '-one', '+1', '*** Add File: new', '+x', ...lines),
    })
    await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect([await got(bench.folder, 'a'), await got(bench.folder, 'new')]).toEqual(['one\n', undefined])
  })

  it('moves and deletes files, whatever is in them, and keeps who may run them', async () => {
    await using bench = await open()
    const at = (name: string) => join(bench.folder, name)
    await writeFile(at('run.sh'), 'one\ntwo\n', { mode: 0o755 })
    await writeFile(at('image'), Buffer.from([0, 255, 0]))
    await writeFile(at('old'), Buffer.from([0, 255]))
    await writeFile(at('name'), 'first\n')
    const { text, details } = await bench.call('apply_patch', {
      patch: patch(
        '*** Update File: run.sh',
        '*** Move to: bin/run',
        '-one',
        '+1',
        '*** Update File: bin/run',
        '-two',
        '+2',
        '*** Update File: image',
        '*** Move to: deep/er/image',
        '*** Delete File: old',
        '*** Delete File: name',
        '*** Add File: name',
        '+second',
      ),
    })
    expect(text).toBe(
      'Updated and moved run.sh to bin/run.\nUpdated bin/run.\nMoved image to deep/er/image.\nDeleted old.\nDeleted name.\nCreated name.',
    )
    expect(details).toEqual({ paths: ['run.sh', 'bin/run', 'image', 'deep/er/image', 'old', 'name'] })
    expect(await got(bench.folder, 'bin/run')).toBe('1\n2\n')
    expect((await stat(at('bin/run'))).mode & 0o777).toBe(0o755)
    expect(await readFile(at('deep/er/image'))).toEqual(Buffer.from([0, 255, 0]))
    expect(await got(bench.folder, 'name')).toBe('second\n')
    expect((await readdir(bench.folder)).toSorted()).toEqual(['bin', 'deep', 'name'])
  })

  it('S8: neither deletes nor moves through a link that leads out', async () => {
    await using bench = await open()
    await using outside = await open()
    await writeFile(join(outside.folder, 'x'), 'canary\n')
    await writeFile(join(bench.folder, 'mine'), 'mine\n')
    await symlink(outside.folder, join(bench.folder, 'folder'))
    await symlink(join(outside.folder, 'x'), join(bench.folder, 'file'))
    for (const lines of [
      ['*** Delete File: folder/x'],
      ['*** Delete File: file'],
      ['*** Update File: folder/x', '*** Move to: y'],
      ['*** Update File: mine', '*** Move to: folder/y'],
    ])
      await expect(bench.call('apply_patch', { patch: patch(...lines) }), lines[0]).rejects.toMatchObject({
        code: 'forbidden',
      })
    expect((await readdir(outside.folder)).toSorted()).toEqual(['x'])
    expect((await readdir(bench.folder)).toSorted()).toEqual(['file', 'folder', 'mine'])
  })

  it('leaves everything as it was when a step cannot be made after others were', async () => {
    await using bench = await open()
    const at = (name: string) => join(bench.folder, name)
    await writeFile(at('a'), 'one\n', { mode: 0o755 })
    await writeFile(at('b'), Buffer.from([0, 255]), { mode: 0o700 })
    await writeFile(at('c'), 'three\n')
    const call = bench.call('apply_patch', {
      patch: patch(
        '*** Update File: a',
        '*** Move to: new/deep/a',
        '-one',
        '+1',
        '*** Delete File: b',
        '*** Update File: c',
        '-three',
        '+3',
        '*** Add File: x',
        '+x',
        '*** Add File: x/y',
        '+y',
        '*** Add File: z',
        '+z',
      ),
    })
    await expect(call).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('there is no x/y'),
    })
    expect((await readdir(bench.folder)).toSorted()).toEqual(['a', 'b', 'c'])
    expect([await got(bench.folder, 'a'), await got(bench.folder, 'c')]).toEqual(['one\n', 'three\n'])
    expect(await readFile(at('b'))).toEqual(Buffer.from([0, 255]))
    expect([(await stat(at('a'))).mode & 0o777, (await stat(at('b'))).mode & 0o777]).toEqual([0o755, 0o700])
  })

  it('names the files for who is asked to allow it', async () => {
    await using bench = await open()
    const subject = bench.tools.get('apply_patch')?.subject
    expect(subject?.({ patch: patch('*** Update File: a', '-x', '+*** Add File: no', '*** Add File: b/c') })).toBe(
      'a, b/c',
    )
    expect(subject?.({ patch: patch('*** Update File: a', '*** Move to: b', '*** Delete File: c') })).toBe(
      'a, move to b, delete c',
    )
    expect(subject?.({ patch: 'x' })).toBe('a patch without files')
  })
})
