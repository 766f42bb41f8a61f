import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { open } from './open.ts'

const dayMs = 86_400_000

describe('notes', () => {
  it('go to the day that it is by the clock of the host, and to the lasting one when it is named', async () => {
    await using memory = await open()
    await memory.call('memory_write', { text: '- first' })
    await memory.call('memory_write', { text: '- second\n' })
    memory.time.ms += dayMs
    await memory.call('memory_write', { text: '- next day' })
    await memory.call('memory_write', { text: '- always', note: 'MEMORY.md' })
    await memory.call('memory_write', { text: '- of yore', note: '2025-12-24' })
    expect(await memory.text('memory/2026-03-01.md')).toBe('- first\n- second\n')
    expect(await memory.text('memory/2026-03-02.md')).toBe('- next day\n')
    expect(await readFile(join(memory.folder, 'MEMORY.md'), 'utf8')).toBe('- always\n')
    expect((await memory.call('memory_read', {})).split('\n')).toEqual([
      'MEMORY.md',
      'memory/2026-03-02.md',
      'memory/2026-03-01.md',
      'memory/2025-12-24.md',
    ])
  })

  it('are changed in one place only, which must be told for sure', async () => {
    await using memory = await open()
    await memory.note('MEMORY.md', 'tea at four\ntea at five')
    await expect(memory.call('memory_write', { note: 'MEMORY.md', old: 'tea', text: 'rum' })).rejects.toThrow(/2 times/)
    await expect(memory.call('memory_write', { note: 'MEMORY.md', old: 'ale', text: 'rum' })).rejects.toThrow(/0 times/)
    await memory.call('memory_write', { note: 'MEMORY.md', old: 'tea at five', text: 'rum at $& five' })
    expect(await memory.text('MEMORY.md')).toBe('tea at four\nrum at $& five')
    await memory.call('memory_write', { note: 'MEMORY.md', text: 'more' })
    expect(await memory.text('MEMORY.md')).toBe('tea at four\nrum at $& five\nmore\n')
  })

  it('written at the same time are all kept', async () => {
    await using memory = await open()
    await Promise.all(Array.from({ length: 20 }, (_, n) => memory.call('memory_write', { text: `- n${n}.` })))
    const text = await memory.text('memory/2026-03-01.md')
    for (let n = 0; n < 20; n++) expect(text).toContain(`- n${n}.\n`)
  })

  it('are forgotten line by line or whole, and are not found any more', async () => {
    await using memory = await open()
    await memory.note('memory/2026-03-01.md', '- the code is 1234\n- it rained\n- again the code is 1234\n')
    await memory.call('memory_forget', { note: '2026-03-01', text: '1234' })
    expect(await memory.text('memory/2026-03-01.md')).toBe('- it rained\n')
    expect(await memory.call('memory_search', { query: 'code 1234' })).toBe('There is no note about that.')
    await expect(memory.call('memory_forget', { note: '2026-03-01', text: '1234' })).rejects.toThrow(/no line/)
    await memory.call('memory_forget', { note: 'memory/2026-03-01.md' })
    expect(await memory.call('memory_read', {})).toBe('There are no notes yet.')
  })

  it('have a longest length', async () => {
    await using memory = await open()
    await memory.note('MEMORY.md', 'x'.repeat(99_990))
    await expect(memory.call('memory_write', { note: 'MEMORY.md', text: 'y'.repeat(20) })).rejects.toThrow(
      /longer than/,
    )
  })

  for (const note of [
    '../MEMORY.md',
    'memory/../../x.md',
    'AGENTS.md',
    'memory/notes.md',
    '/etc/passwd',
    '2026-03-01.md\0',
  ])
    it(`S8: are nowhere else: ${JSON.stringify(note)} is refused`, async () => {
      await using memory = await open()
      for (const [tool, input] of [
        ['memory_read', { note }],
        ['memory_write', { note, text: 'x' }],
        ['memory_forget', { note }],
      ] as const)
        await expect(memory.call(tool, input)).rejects.toMatchObject({ code: 'invalid_params' })
    })
})

describe('search', () => {
  const text = [
    '# People',
    '- Ada Lovelace: birthday on 10 December, likes rôtis',
    '- Bert lives in Bremen with two dogs',
    '',
    '# Projects',
    'The greenhouse needs new panes before winter.',
    'Ask the glazier.',
    '1. 明天去上海开会',
  ].join('\n')
  const table: [string, RegExp | undefined][] = [
    ['birthday of Ada', /^MEMORY\.md:2 \(People\)\n- Ada/],
    ['dog', /^MEMORY\.md:3 \(People\)\n- Bert/],
    ['ROTI', /- Ada/],
    ['green', /^MEMORY\.md:6 \(Projects\)\nThe greenhouse[^]*glazier\.$/],
    ['Projects', /\(Projects\)/],
    ['上海', /明天去上海开会/],
    ['"dogs" OR NEAR(* -', /Bert/],
    ['zebra', undefined],
    ['?!', undefined],
  ]
  for (const [query, found] of table)
    it(`for ${JSON.stringify(query)} finds ${found ? String(found) : 'nothing'}`, async () => {
      await using memory = await open()
      await memory.note('MEMORY.md', text)
      const answer = await memory.call('memory_search', { query, limit: 1 })
      if (found) expect(answer).toMatch(found)
      else expect(answer).toBe('There is no note about that.')
    })

  it('sees at once what was changed by hand', async () => {
    await using memory = await open()
    await memory.note('memory/2026-03-01.md', '- key under the mat\n')
    expect(await memory.call('memory_search', { query: 'key' })).toContain('mat')
    await memory.note('memory/2026-03-01.md', '- key under the pot\n')
    expect(await memory.call('memory_search', { query: 'key' })).toContain('pot')
  })

  it('goes through as many days as it may, the newest ones', async () => {
    await using memory = await open({ maxNotes: 2 })
    for (const day of ['01', '02', '03']) await memory.note(`memory/2026-03-${day}.md`, `- rain on ${day}\n`)
    const answer = await memory.call('memory_search', { query: 'rain' })
    expect(answer).toContain('on 03')
    expect(answer).not.toContain('on 01')
  })
})
