/** Keeps values by key across loads of the page. Where the browser keeps nothing, they last as long as the page. */
export interface Shelf<T> {
  put(key: string, value: T): Promise<void>
  remove(key: string): Promise<void>
  all(): Promise<readonly T[]>
}

/** A shelf in the browser's IndexedDB, which unlike localStorage has room for files. Never rejects. */
export function openShelf<T>(name: string): Shelf<T> {
  const opened = new Promise<IDBDatabase | undefined>((resolve) => {
    try {
      const request = indexedDB.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore('values')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(undefined)
      request.onblocked = () => resolve(undefined)
    } catch {
      resolve(undefined)
    }
  })
  async function ask<R>(
    mode: IDBTransactionMode,
    act: (values: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | undefined> {
    const base = await opened
    if (!base) return undefined
    return new Promise((resolve) => {
      try {
        const transaction = base.transaction('values', mode)
        const request = act(transaction.objectStore('values'))
        transaction.oncomplete = () => resolve(request.result)
        transaction.onabort = () => resolve(undefined)
        transaction.onerror = () => resolve(undefined)
      } catch {
        resolve(undefined)
      }
    })
  }
  return {
    put: (key, value) => ask('readwrite', (values) => values.put(value, key)).then(() => {}),
    remove: (key) => ask('readwrite', (values) => values.delete(key)).then(() => {}),
    all: async () => (await ask<T[]>('readonly', (values) => values.getAll() as IDBRequest<T[]>)) ?? [],
  }
}
