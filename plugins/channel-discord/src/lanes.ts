/** Work that is done one after the other in each channel. */
export interface Lanes {
  /** Rejects when the work does. From then on nothing is done in any channel: what follows must not come first. */
  run(channel: string, work: () => Promise<void>): Promise<void>
}

export function makeLanes(): Lanes {
  const lanes = new Map<string, Promise<void>>()
  let broken = false
  return {
    run(channel, work) {
      const before = lanes.get(channel) ?? Promise.resolve()
      const lane = before.then(() => (broken ? new Promise<void>(() => {}) : work()))
      lanes.set(channel, lane)
      const leave = () => {
        if (lanes.get(channel) === lane) lanes.delete(channel)
      }
      lane.then(leave, () => {
        broken = true
        leave()
      })
      return lane
    },
  }
}
