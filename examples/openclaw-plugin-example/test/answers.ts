import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What we post to people. */
export interface Answer {
  readonly to: string
  readonly text: string
  readonly id: string
}

/** The other side of the platform: a server that takes the answers we post. */
export async function takeAnswers() {
  const answers: Answer[] = []
  let tell = () => {}
  const server = createServer((request, response) => {
    void json(request).then((answer) => {
      answers.push(answer as Answer)
      response.end()
      tell()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answers,
    /** Resolves with the nth answer, counted from 1. */
    async answer(nth: number): Promise<Answer> {
      while (answers.length < nth) await new Promise<void>((next) => (tell = next))
      return answers[nth - 1] as Answer
    },
    stop: () => new Promise<void>((stopped) => server.close(() => stopped())),
  }
}
