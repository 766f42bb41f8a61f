import Type, { type Static } from 'typebox'

/** A folder of this machine that a sandbox shows, and the only kind of thing of this machine that it shows. */
export const SandboxMount = Type.Object({
  folder: Type.String(),
  target: Type.String({ description: 'Where it stands inside.' }),
  access: Type.Enum(['ro', 'rw']),
  hidden: Type.Array(Type.String(), { description: 'Folders in it, relative to it, that look empty inside.' }),
})
export type SandboxMount = Static<typeof SandboxMount>

/** What a sandbox is to be. The gateway decides it; a plugin makes it so, and adds nothing of this machine. */
export const SandboxPlace = Type.Object({
  key: Type.String({ description: 'Sessions whose places have the same key share a sandbox.' }),
  agent: Type.String(),
  mounts: Type.Array(SandboxMount, {
    minItems: 1,
    description: 'The first is the workspace, and its target the root. They exist.',
  }),
})
export type SandboxPlace = Static<typeof SandboxPlace>

/** A sandbox that is there now. */
export const SandboxInfo = Type.Object({
  key: Type.String(),
  name: Type.String({ description: 'What its maker calls it.' }),
  busy: Type.Integer({ description: 'Commands that run in it.' }),
  createdAt: Type.Integer(),
  usedAt: Type.Integer(),
  detail: Type.String({ description: 'What it is made from, or what it waits for.' }),
})
export type SandboxInfo = Static<typeof SandboxInfo>

/** Where a session's tools work, or why they cannot here: then the next plugin is asked, and without one they are refused. */
export const SandboxAnswer = Type.Union([
  Type.Object({ argv: Type.Array(Type.String()), root: Type.String() }),
  Type.Object({ unavailable: Type.String() }),
])
export type SandboxAnswer = Static<typeof SandboxAnswer>
