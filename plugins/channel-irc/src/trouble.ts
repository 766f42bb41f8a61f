import type { Settings } from './settings.ts'

/** Certificate errors of Node (https://nodejs.org/api/tls.html#x509-certificate-error-codes), and what to do. */
const certificates: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority of its own',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes without the certificate that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not known here',
}

/**
 * A sentence for a person about why a connection ended: of the server's own parting word, or of the error of the socket;
 * neither when it just ended.
 */
export function explain(why: string | Error | undefined, { host, port, tls }: Settings): string {
  const server = `${host}:${port}`
  if (why === undefined) return `${server} closed the connection`
  if (typeof why === 'string')
    return /excess flood|flooding/i.test(why)
      ? `${server} closed the connection: ${why}; raise flood.everyMs or lower flood.burst`
      : `${server} closed the connection: ${why}`
  const { code = '', message } = why as NodeJS.ErrnoException
  if (Object.hasOwn(certificates, code))
    return `the certificate of ${server} ${certificates[code]}; if that is as it should be, start with NODE_EXTRA_CA_CERTS=<its authority's certificate>`
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${server} has expired; tell those who run it`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${server} is for other names; give as \`host\` the name that stands in it`
  if (tls && (code === 'EPROTO' || code.startsWith('ERR_SSL')))
    return `${server} does not speak TLS; its TLS port is often 6697`
  if (code === 'ENOTFOUND') return `${host} is not known; is \`host\` written right?`
  if (code === 'ECONNREFUSED') return `${server} takes no connections; are \`host\` and \`port\` right?`
  return `the connection to ${server} failed: ${message}`
}
