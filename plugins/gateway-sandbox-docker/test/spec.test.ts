import type { SandboxPlace } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { config } from '../src/config.ts'
import { containerSpec, type SpecParts } from '../src/spec.ts'

const place: SandboxPlace = {
  key: 'agent:main:telegram:default:user123',
  agent: 'main',
  mounts: [
    { folder: '/home/ann/.openclaw/workspace/peers/1', target: '/workspace', access: 'rw', hidden: [] },
    { folder: '/home/ann/.openclaw/workspace', target: '/agent', access: 'ro', hidden: ['peers'] },
  ],
}
const parts: SpecParts = {
  name: 'openclaw-x',
  gateway: 'g1',
  engine: { podman: false, rootless: false },
  image: 'sha256:1',
  place,
  user: { uid: 501, gid: 20 },
  limits: { network: 'none', memoryMb: 512, tmpMb: 64, cpus: 0.5, processes: 100 },
}

it('S12: a container is asked for with everything closed and nothing opened', () => {
  expect(containerSpec(parts)).toEqual({
    name: 'openclaw-x',
    Labels: { 'openclaw.gateway': 'g1', 'openclaw.key': 'agent:main:telegram:default:user123' },
    Image: 'sha256:1',
    Entrypoint: ['sh'],
    Cmd: ['-c', 'cat >/dev/null; exit 0'],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    User: '501:20',
    WorkingDir: '/workspace',
    Hostname: 'sandbox',
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/workspace',
      'TMPDIR=/tmp',
      'LANG=C.UTF-8',
    ],
    HostConfig: {
      AutoRemove: true,
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      IpcMode: 'private',
      Memory: 512 * 2 ** 20,
      MemorySwap: 512 * 2 ** 20,
      NanoCpus: 5e8,
      PidsLimit: 100,
      ShmSize: 64 * 2 ** 20,
      Mounts: [
        {
          Type: 'bind',
          Source: '/home/ann/.openclaw/workspace/peers/1',
          Target: '/workspace',
          ReadOnly: false,
          BindOptions: { Propagation: 'rprivate' },
        },
        {
          Type: 'bind',
          Source: '/home/ann/.openclaw/workspace',
          Target: '/agent',
          ReadOnly: true,
          BindOptions: { Propagation: 'rprivate' },
        },
      ],
      Tmpfs: {
        '/tmp': 'mode=1777,size=64m,nosuid,nodev',
        '/agent/peers': 'ro,mode=555,size=4k,nosuid,nodev',
      },
      LogConfig: { Type: 'none', Config: {} },
    },
  })
})

it('files belong to the person behind every kind of engine', () => {
  const on = (podman: boolean, rootless: boolean) => {
    const { User, HostConfig } = containerSpec({ ...parts, engine: { podman, rootless } })
    return [User, HostConfig!.UsernsMode]
  }
  expect(on(false, false)).toEqual(['501:20', undefined])
  expect(on(true, false)).toEqual(['501:20', undefined])
  expect(on(true, true)).toEqual(['501:20', 'keep-id'])
  // There the person is number 0, and nobody is root.
  expect(on(false, true)).toEqual(['0:0', undefined])
})

describe('S12: the configuration', () => {
  const fits = Compile(config)
  it.each([
    { network: 'host' },
    { network: 'container:abc' },
    { network: 'ns:/proc/1/ns/net' },
    { network: 'bridge' },
    { network: 'slirp4netns:allow_host_loopback=true' },
    { network: 'pasta' },
    { image: '--privileged' },
    { image: 'a b' },
    { engine: 'tcp://10.0.0.1:2375' },
    { privileged: true },
    { binds: ['/:/host'] },
    { capAdd: ['SYS_ADMIN'] },
    { memoryMb: 0 },
    { processes: -1 },
  ])('refuses %j', (given) => {
    expect(fits.Check(given)).toBe(false)
  })
  it.each([
    {},
    { network: 'none' },
    { network: 'my-net' },
    { image: 'ghcr.io/me/box:1.2@sha256:0a' },
    { engine: 'unix:///run/podman/podman.sock' },
  ])('takes %j', (given) => {
    expect(fits.Check(given)).toBe(true)
  })
})
