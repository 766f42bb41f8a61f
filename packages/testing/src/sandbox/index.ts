export { attacks, type Attack, type Kind } from './attacks.ts'
export { startPodman, type Podman } from './podman.ts'
export { escapeSuite, type SandboxFixture } from './suite.ts'
export { setUpSandbox, type SandboxEntry } from './set-up.ts'
