import type { Right, Role } from '@openclaw/protocol'

/** Who calls, from the server's record only. */
export interface Identity {
  readonly principal: string
  readonly role: Role
  readonly rights: readonly Right[]
  /** Id of the token that was shown, so that its end closes the socket. */
  readonly token?: string
  readonly expiresAt?: number
}

export const allRights: readonly Right[] = ['read', 'write', 'admin', 'pairing']

/** Admin covers everything, write covers read. */
export function covers(rights: readonly Right[], needed: Right): boolean {
  return rights.includes(needed) || rights.includes('admin') || (needed === 'read' && rights.includes('write'))
}

/** The local owner, who may do everything. */
export const localOwner: Identity = { principal: 'owner', role: 'owner', rights: allRights }
