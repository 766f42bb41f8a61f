import { connect } from 'node:net'
import { frame, kinds, readFrames } from './frames.ts'

/**
 * The program that stands before every command of a sandbox: it hands command and input to the gateway and prints what
 * comes back. When it is killed, its socket closes, and the gateway kills the command.
 *
 *     node relay.js SOCKET KEY COMMAND...
 */
const [path, key, ...argv] = process.argv.slice(2)
/** The code with which `docker run` says that not the command but the engine failed. */
const engineFailed = 125

const door = connect(path!)
let code: number | undefined

door.write(frame(kinds.out, JSON.stringify({ key, argv })))
process.stdin.on('data', (piece: Buffer) => {
  if (!door.write(frame(kinds.out, piece))) process.stdin.pause()
})
door.on('drain', () => process.stdin.resume())
// The end is a frame of its own: a closed socket means that this process is gone.
process.stdin.on('end', () => door.write(frame(kinds.exit, '')))
process.stdin.on('error', () => {})

const take = readFrames(2 ** 31, (kind, body) => {
  if (kind === kinds.exit) code = body.readUInt8()
  else if (!(kind === kinds.err ? process.stderr : process.stdout).write(body)) {
    door.pause()
    ;(kind === kinds.err ? process.stderr : process.stdout).once('drain', () => door.resume())
  }
})
door.on('data', take)
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => door.destroy())
door.on('error', ({ message }) => process.stderr.write(`sandbox: the gateway does not answer: ${message}\n`))
door.on('close', () => {
  process.exitCode = code ?? engineFailed
  process.stdin.destroy()
})
