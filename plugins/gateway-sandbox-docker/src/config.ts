import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** What a container is made from and may use. There is no option that opens it to this machine. */
export const config = closed({
  engine: Type.Optional(
    Type.String({
      pattern: '^(unix:///|npipe://).+',
      description: 'Socket of the engine, e.g. `unix:///run/podman/podman.sock`; looked for when absent.',
    }),
  ),
  image: Type.Optional(
    Type.String({
      pattern: '^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,300}$',
      description: 'Any image with a shell; a small Debian that is built here when absent.',
    }),
  ),
  dockerfile: Type.Optional(
    Type.String({ description: 'A Dockerfile of yours to build the image from, without other files; `image` wins.' }),
  ),
  network: Type.Optional(
    Type.String({
      pattern: '^(?!host$|container:|ns:|default$|bridge$|private$|slirp4netns|pasta)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$',
      default: 'none',
      description: 'A network of the engine that you made for it. Nothing is reached when absent.',
    }),
  ),
  memoryMb: Type.Optional(Type.Integer({ minimum: 64, default: 1024, description: 'Memory of a container.' })),
  tmpMb: Type.Optional(Type.Integer({ minimum: 1, default: 256, description: 'Size of `/tmp`, within that memory.' })),
  cpus: Type.Optional(Type.Number({ minimum: 0.1, default: 1, description: 'Processors that it may use.' })),
  processes: Type.Optional(
    Type.Integer({ minimum: 16, maximum: 4096, default: 256, description: 'Processes and threads in it.' }),
  ),
  idleMinutes: Type.Optional(
    Type.Integer({ minimum: 1, default: 30, description: 'A container that was not used for so long is removed.' }),
  ),
  maxAgeHours: Type.Optional(
    Type.Integer({ minimum: 1, default: 24, description: 'One that is older is removed when no command runs in it.' }),
  ),
})
