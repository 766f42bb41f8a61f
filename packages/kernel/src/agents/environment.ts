/** What an agent process may see of the gateway's environment: never a key, never what a hostile folder set. */
const allowed =
  /^(PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TERM|TMPDIR|TEMP|TMP|TZ|USER|LOGNAME|USERNAME|SHELL|SYSTEMROOT|COMSPEC|PATHEXT|WINDIR|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH|HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/i

/** The environment of an agent process. `mark` is passed on to what it starts, which can be found by it. */
export function agentEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  mark: string,
): Record<string, string> {
  const kept: Record<string, string> = { OPENCLAW_AGENT: mark }
  for (const [name, value] of Object.entries(env)) if (value !== undefined && allowed.test(name)) kept[name] = value
  return kept
}
