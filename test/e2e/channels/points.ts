/** A moment at which the record of a message is half way somewhere. A gateway is killed at exactly that moment. */
export type Point = keyof typeof points

/**
 * The named points, in the order in which a message meets them. `at` is where the gateway is ended: by itself at a step
 * of its ledger (`written`: before the write, `unsynced`: after it and before the sync, `synced`: after the sync) that
 * holds `mark`, or from outside at a step of the model.
 */
export const points = {
  'before sync': { at: 'unsynced', mark: '"type":"accept"' },
  'after sync, before ack': { at: 'synced', mark: '"type":"accept"' },
  'after claim': { at: 'model', mark: 'asked' },
  'between intent and result': { at: 'written', mark: '"kind":"tool"' },
  'after model end': { at: 'written', mark: '"type":"settle"' },
  'between send and receipt': { at: 'written', mark: '"type":"sent"' },
} as const

/**
 * A step at which a gateway ends itself: of its ledger as above, or before and after a file is renamed into its place,
 * where the bytes hold `mark`.
 */
export interface Spot {
  readonly at: 'written' | 'unsynced' | 'synced' | 'unrenamed' | 'renamed'
  readonly mark: string
}

/** What makes it end there: the arguments of its Node, and its environment. */
export function killAt({ at, mark }: Spot, random: () => number): { node: string[]; env: Record<string, string> } {
  return {
    node: ['--import', new URL('./kill-at.ts', import.meta.url).href],
    // Of what was not synced a kill leaves everything, a power cut any part.
    env: { KILL_AT: at, KILL_MARK: mark, KILL_KEEPS: String(random() < 0.5 ? 1 : random()) },
  }
}
