import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { everythingOverHttp, folder, open, reference } from './servers.ts'

// Each starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe('everything, over stdio', () => {
  const servers = { all: reference('everything', 'stdio') }

  it('has its tools under its name, each of them waiting for a yes, and its answers are from outside', async () => {
    await using bench = await open({ servers })
    expect([...bench.tools.keys()]).toEqual(expect.arrayContaining(['all_echo', 'all_get_sum', 'all_get_tiny_image']))
    expect([...bench.tools.values()].every(({ effect }) => effect === 'exec')).toBe(true)
    expect(bench.tools.get('all_echo')!.subject?.({ message: 'hi' } as never)).toBe('all echo {"message":"hi"}')
    expect(await bench.call('all_echo', { message: 'hi' })).toMatchObject({ text: 'Echo: hi', outside: true })
    expect((await bench.call('all_get_sum', { a: 2, b: 3 })).text).toContain('5')
  })

  it('gives images to the model, and resources as text or files', async () => {
    await using bench = await open({ servers })
    const { content } = await bench.call('all_get_tiny_image', {})
    expect(content.find(({ type }) => type === 'file')).toMatchObject({ mime: 'image/png' })
    expect(
      Buffer.from([...bench.attached.values()][0]!)
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    expect((await bench.call('all_get_resource_reference', { resourceType: 'Text', resourceId: 1 })).text).toMatch(
      /demo:\/\//,
    )
    expect((await bench.call('all_get_resource_links', { count: 2 })).text).toMatch(/demo:\/\//)
    expect((await bench.call('all_get_structured_content', { location: 'New York' })).text).toContain('temperature')
  })

  it('shows progress, and ends with the signal', async () => {
    await using bench = await open({ servers })
    const stop = new AbortController()
    const call = bench.call(
      'all_trigger_long_running_operation',
      { duration: 600, steps: 6000 },
      { signal: stop.signal },
    )
    call.catch(() => {})
    await expect.poll(() => bench.progress.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(bench.progress[0]).toEqual([{ type: 'text', text: expect.stringMatching(/\d+\/6000/) }])
    stop.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    expect((await bench.call('all_echo', { message: 'still there' })).text).toContain('still there')
  })

  it('S14: gets the variables that the configuration gives it, and none of ours', async () => {
    process.env['OPENCLAW_TEST_KEY'] = 'secret-of-the-gateway'
    await using bench = await open({ servers: { all: { ...servers.all, env: { MY_KEY: 'for-the-server' } } } })
    delete process.env['OPENCLAW_TEST_KEY']
    const env = JSON.parse((await bench.call('all_get_env', {})).text) as Record<string, string>
    expect(env).toMatchObject({ MY_KEY: 'for-the-server', PATH: process.env['PATH'] })
    expect(
      Object.keys(env).filter(
        (name) => !/^(PATH|HOME|LANG|LC_.*|TERM|TMPDIR|TZ|USER|LOGNAME|SHELL|OPENCLAW_MCP|MY_KEY)$/.test(name),
      ),
    ).toEqual([])
  })
})

it('filesystem: reads and writes where it may, and says why not elsewhere', async () => {
  await using place = await folder()
  await writeFile(join(place.path, 'notes.md'), 'one\ntwo\n')
  await using bench = await open({ servers: { files: reference('filesystem', place.path) } })
  expect((await bench.call('files_read_text_file', { path: join(place.path, 'notes.md'), head: 1 })).text).toBe('one')
  await bench.call('files_write_file', { path: join(place.path, 'new.md'), content: 'written' })
  expect(await readFile(join(place.path, 'new.md'), 'utf8')).toBe('written')
  expect(await bench.call('files_read_text_file', { path: '/etc/passwd' })).toMatchObject({
    failed: true,
    outside: true,
  })
})

it('memory: keeps what it was told, from one process to the next', async () => {
  await using place = await folder()
  const servers = { memory: { ...reference('memory'), env: { MEMORY_FILE_PATH: join(place.path, 'memory.json') } } }
  const entities = [{ name: 'Ada', entityType: 'person', observations: ['counts'] }]
  {
    await using bench = await open({ servers })
    await bench.call('memory_create_entities', { entities })
  }
  await using bench = await open({ servers })
  expect((await bench.call('memory_search_nodes', { query: 'ada' })).text).toContain('counts')
})

describe('everything, over Streamable HTTP', () => {
  it('is called the same way, with progress', async () => {
    await using server = await everythingOverHttp()
    await using bench = await open({ servers: { all: { url: server.url } } })
    expect((await bench.call('all_echo', { message: 'hi' })).text).toBe('Echo: hi')
    await bench.call('all_trigger_long_running_operation', { duration: 0.2, steps: 2 })
    expect(bench.progress.length).toBeGreaterThan(0)
  })

  it('is found again after it was started anew', async () => {
    const first = await everythingOverHttp()
    await using bench = await open({ servers: { all: { url: first.url } } })
    expect((await bench.call('all_echo', { message: 'one' })).text).toBe('Echo: one')
    await first[Symbol.asyncDispose]()
    await expect(bench.call('all_echo', { message: 'two' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('"all" does not answer at 127.0.0.1'),
    })
    await using _second = await everythingOverHttp(first.port)
    await expect
      .poll(
        () =>
          bench.call('all_echo', { message: 'three' }).then(
            ({ text }) => text,
            () => '',
          ),
        { timeout: 30_000 },
      )
      .toBe('Echo: three')
  })
})
