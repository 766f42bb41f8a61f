import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Page } from './reader.ts'
import { plainText } from './plain.ts'

/** Most time that a page takes to be read. Ordinary ones take a fraction of a second. */
const readingMs = 8000
const memoryMb = 256

/**
 * A page as Markdown. It is read in a thread of its own: some pages, by chance or by intent, keep a parser busy for
 * minutes, and nobody else may wait for that. Of such a page the bare text is left.
 */
export async function readPage(
  html: string,
  url: string,
  signal: AbortSignal,
  limitMs = readingMs,
): Promise<{ readonly text: string; readonly note?: string }> {
  const page = await readApart({ html, url }, signal, limitMs)
  signal.throwIfAborted()
  if (!page) return { text: plainText(html), note: 'it could not be read as a page; this is its bare text' }
  return { text: page.title ? `# ${page.title}\n\n${page.markdown}` : page.markdown }
}

/** Undefined when it takes too long, needs too much memory, or breaks the reader. */
async function readApart(
  given: { html: string; url: string },
  signal: AbortSignal,
  limitMs: number,
): Promise<Page | undefined> {
  // By its name: in the sources and in the published package it is another file.
  const worker = new Worker(createRequire(import.meta.url).resolve('@openclaw/tool-web/reader'), {
    workerData: given,
    env: {},
    execArgv: [],
    // What a library prints must not reach this process's stdout, over which it may speak to the gateway.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  })
  const { promise, resolve } = Promise.withResolvers<Page | undefined>()
  const stop = () => resolve(undefined)
  const timer = setTimeout(stop, limitMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  worker.once('message', resolve)
  worker.once('error', stop)
  worker.once('exit', stop)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    void worker.terminate()
  }
}
