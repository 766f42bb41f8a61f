/** Work that is done one after the other for each name. */
export interface Order {
  /** Runs after everything of this name before it, whatever became of that. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>
}

export function makeOrder(): Order {
  const last = new Map<string, Promise<unknown>>()
  return {
    run(name, work) {
      const done = (last.get(name) ?? Promise.resolve()).then(work, work)
      const settled = done.then(
        () => {},
        () => {},
      )
      last.set(name, settled)
      void settled.then(() => last.get(name) === settled && last.delete(name))
      return done
    },
  }
}
