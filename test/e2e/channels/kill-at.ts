import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// Imported by a gateway's Node before the program, which knows nothing of it: the process gets SIGKILL at one step of
// its ledger, or of a file that is replaced whole. KILL_AT says which side of the write, the sync or the rename, KILL_MARK
// what must stand in the bytes, KILL_KEEPS how much is left of bytes that are not synced: 1 for all.

const { KILL_AT: at = '', KILL_MARK: mark = '', KILL_KEEPS: keeps = '1' } = process.env
const { write, fdatasync } = fs
const { rename } = fs.promises
/** What each file holds that is not synced yet and has the mark. */
const unsynced = new Map<number, number>()

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

Object.assign(fs, {
  write(file: number, bytes: Buffer, start: number, length: number, ...rest: [null, () => void]) {
    const text = bytes.toString('utf8', start, start + length)
    if (text.includes('"group":[') && text.includes(mark)) {
      if (at === 'written') die()
      unsynced.set(file, length)
    }
    write(file, bytes, start, length, ...rest)
  },
  fdatasync(file: number, done: (error: Error | null) => void) {
    const length = unsynced.get(file)
    if (length !== undefined && at === 'unsynced') {
      fs.ftruncateSync(file, fs.fstatSync(file).size - Math.floor(length * (1 - Number(keeps))))
      die()
    }
    fdatasync(file, (error) => {
      if (length !== undefined && at === 'synced') die()
      unsynced.delete(file)
      done(error)
    })
  },
})
Object.assign(fs.promises, {
  async rename(from: string, to: string) {
    const concerned =
      at.endsWith('renamed') && fs.statSync(from).isFile() && fs.readFileSync(from, 'utf8').includes(mark)
    if (concerned && at === 'unrenamed') die()
    await rename(from, to)
    if (concerned && at === 'renamed') die()
  },
})
syncBuiltinESMExports()
