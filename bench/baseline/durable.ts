import { open } from 'node:fs/promises'

/** Appends lines to a file; resolves when a line is on the disk, and all that wait share one sync. */
export async function openDurable(path: string): Promise<(line: object) => Promise<void>> {
  const file = await open(path, 'a')
  let waiting: { text: string; done: () => void }[] = []
  let running: Promise<void> | undefined
  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await file.write(batch.map(({ text }) => text).join(''))
      await file.datasync()
      for (const { done } of batch) done()
    }
    running = undefined
  }
  return (line) =>
    new Promise((done) => {
      waiting.push({ text: `${JSON.stringify(line)}\n`, done })
      running ??= Promise.resolve().then(flush)
    })
}

/** One streamed answer of an OpenAI-compatible model. */
export async function ask(url: string, content: string): Promise<string> {
  const body = JSON.stringify({ model: 'instant', stream: true, messages: [{ role: 'user', content }] })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body })
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta?.content ?? '').join('')
}
