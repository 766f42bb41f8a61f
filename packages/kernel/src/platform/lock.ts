import { failure } from '@openclaw/protocol'

/**
 * Takes a file that is there for this process: an exclusive `node:sqlite` transaction, which the system ends with the
 * process, `kill -9` included. Undefined when somebody has it, in another process or in this one.
 */
export async function takeLock(path: string): Promise<Disposable | undefined> {
  const { DatabaseSync } = await import('node:sqlite')
  let database: InstanceType<typeof DatabaseSync> | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (thrown) {
    database?.close()
    // SQLITE_BUSY and SQLITE_LOCKED (https://www.sqlite.org/rescode.html); anything else is a disk that does not serve.
    const code = (thrown as { errcode?: number }).errcode
    if (code === 5 || code === 6) return undefined
    throw failure('unavailable', `${path} cannot be opened: ${(thrown as Error).message}`, { cause: thrown })
  }
  const held = database
  return { [Symbol.dispose]: () => held.close() }
}
