import type { Line, LineBody, Origin, Role, Settings } from '@openclaw/protocol'
import { isLine } from '@openclaw/protocol'
import { agentOf } from '../router/key.ts'
import { lower } from '../runs/authority.ts'
import { parseLine, type LineFacts } from './line.ts'
import type { Session } from './sessions.ts'

/** A live line: its text, what is needed of its head, and where it stands in the file. */
export interface LiveLine {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly role: Role | undefined
  readonly text: string
  readonly offset: number
  readonly bytes: number
}

/** Whose words a line holds: the lowest role of those who wrote in it. */
export function roleOf({ kind, role, trust }: Pick<LineFacts, 'kind' | 'role' | 'trust'>): Role | undefined {
  if (kind !== 'user' || role === undefined || trust === undefined) return role
  return trust === 'outside' ? 'guest' : trust === 'member' ? lower(role, 'member') : role
}

/** What a journal file says of its session. */
export interface Loaded {
  /** Undefined when there is no file, or damage hides it. */
  readonly key: string | undefined
  readonly agent: string | undefined
  readonly live: readonly LiveLine[]
  readonly seq: number
  /** Id of the last line. */
  readonly last: string | undefined
  readonly settings: Settings
  readonly origin: Origin | undefined
  /** First words of the first user line. */
  readonly words: string | undefined
  /** Where the next line will stand. */
  readonly end: number
  readonly damaged: number
}

/** A session without a journal. */
export const nothingLoaded: Loaded = {
  key: undefined,
  agent: undefined,
  live: [],
  seq: 0,
  last: undefined,
  settings: {},
  origin: undefined,
  words: undefined,
  end: 0,
  damaged: 0,
}

/** The store's own view of a session. */
export interface LiveSession extends Session {
  /** Its journal file, which is not there before the first commit. */
  file: string
  /** What the next stamp follows: durable lines, and those on their way to the disk. */
  next: { readonly seq: number; readonly parent: string | undefined }
  /** Commits on their way to the disk. */
  inFlight: number
  /** Bytes of memory that its lines take, roughly. */
  readonly weight: number
  /** Adds a line that became durable. */
  apply(line: Line, text: string): void
  /** What was reserved for lines that the disk refused is free again. */
  giveBack(): void
  /** Begins again from its file, keeping durable lines that are not in it yet. */
  reload(loaded: Loaded): void
  /** Begins again from nothing. */
  clear(): void
  /** Where a live line stands in the file. */
  offsetOf(id: string): number | undefined
}

const roles = ['guest', 'member', 'owner'] as const
const titleLength = 60

/** A session in memory, as far as `windowBytes` of its last lines. `agent` is whose it is when its file does not say. */
export function createSession(options: {
  key: string
  agent: string | undefined
  file: string
  loaded: Loaded
  windowBytes: number
}): LiveSession {
  const { key, file, windowBytes } = options
  let live: LiveLine[] = []
  let liveBytes = 0
  let counts = { owner: 0, member: 0, guest: 0 }
  let state = nothingLoaded
  let agent = options.agent ?? agentOf(key) ?? ''

  const count = (line: LiveLine, by: 1 | -1): void => {
    liveBytes += by * (line.bytes + 1)
    if (line.role !== undefined) counts[line.role] += by
  }

  const add = (line: LiveLine): void => {
    live.push(line)
    count(line, 1)
  }

  const dropBefore = (index: number): void => {
    for (const line of live.splice(0, index)) count(line, -1)
  }

  const reset = (loaded: Loaded): void => {
    live = []
    liveBytes = 0
    counts = { owner: 0, member: 0, guest: 0 }
    state = loaded
    agent = loaded.agent ?? agent
    for (const line of loaded.live) add(line)
  }

  /** Index of the first live line with a sequence above `after`. */
  const above = (after: number): number => {
    let low = 0
    let high = live.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (live[middle]!.seq > after) high = middle
      else low = middle + 1
    }
    return low
  }

  const span = (after: number, upto: number): LiveLine[] => live.slice(above(after), above(upto))

  const session: LiveSession = {
    key,
    file,
    get agent() {
      return agent
    },
    get seq() {
      return state.seq
    },
    get first() {
      return live[0]?.seq ?? 1
    },
    get settings() {
      return state.settings
    },
    get origin() {
      return state.origin
    },
    get title() {
      return state.settings.title ?? state.words ?? ''
    },
    get lowestRole() {
      return roles.find((role) => counts[role] > 0)
    },
    get weight() {
      return 1000 + liveBytes + 150 * live.length
    },
    next: { seq: 0, parent: undefined },
    inFlight: 0,
    lines: (after, upto = Infinity) => span(after, upto).map(({ text }) => parseLine(text)),
    texts: (after, upto = Infinity) => span(after, upto).map((entry) => entry.text),
    apply(line, text) {
      const bytes = Buffer.byteLength(text)
      const { id, seq, kind } = line
      add({ id, seq, kind, role: roleOf(line), text, offset: state.end, bytes })
      let { settings, origin, words } = state
      if (isLine(line, 'session')) agent = line.body.agent
      if (isLine(line, 'settings')) settings = patchSettings(settings, line.body)
      if (isLine(line, 'checkpoint')) {
        settings = line.body.settings
        const { keep } = line.body
        const kept = keep ? live.findIndex((one) => one.id === keep.id) : -1
        dropBefore(kept < 0 ? live.length - 1 : kept)
      }
      if (isLine(line, 'user') && words === undefined) {
        origin = line.origin
        words = firstWords(line.body.text)
      }
      state = { ...state, settings, origin, words, seq, last: id, end: state.end + bytes + 1 }
      let over = 0
      for (let excess = liveBytes - windowBytes; excess > 0 && over < live.length - 1; over++)
        excess -= live[over]!.bytes + 1
      if (over > 0) dropBefore(over)
    },
    giveBack() {
      session.next = { seq: state.seq, parent: state.last }
    },
    reload(loaded) {
      const unwritten = live.filter((line) => line.seq > loaded.seq)
      reset(loaded)
      for (const { text } of unwritten) session.apply(parseLine(text) as Line, text)
      if (session.inFlight === 0) session.giveBack()
    },
    clear() {
      reset(nothingLoaded)
    },
    offsetOf: (id) => live.find((line) => line.id === id)?.offset,
  }
  session.reload(options.loaded)
  return session
}

/** Null clears a field; what is absent stays. */
export function patchSettings(settings: Settings, patch: LineBody<'settings'>): Settings {
  const patched = Object.entries({ ...settings, ...patch }).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(patched) as Settings
}

/** What a session is called until it is given a title. */
export function firstWords(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  if (line.length <= titleLength) return line
  const cut = line.slice(0, titleLength)
  const space = cut.lastIndexOf(' ')
  // A pair of surrogates is one character: half of it is none.
  return `${(space > titleLength / 2 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, '')}…`
}
