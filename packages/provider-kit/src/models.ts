import type { Model } from './stream.ts'

/** Most models of a vendor that are kept. */
const most = 20

/**
 * Loads a vendor's library with the first question, and keeps its last models: a library builds its schemas anew for
 * each one, which costs more than a request. A library that could not be loaded is tried again with the next question.
 */
export function openModels(load: () => Promise<(id: string) => Model>): (id: string) => Promise<Model> {
  const models = new Map<string, Promise<Model>>()
  let vendor: Promise<(id: string) => Model> | undefined
  return (id) => {
    const known = models.get(id)
    if (known) return known
    vendor ??= load()
    const model = vendor.then((make) => make(id))
    if (models.size >= most) models.clear()
    models.set(id, model)
    model.catch(() => {
      vendor = undefined
      models.delete(id)
    })
    return model
  }
}
