/** What a child may see of the gateway's environment: never a key, never what a hostile folder set. */
const allowed =
  /^(PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TERM|TMPDIR|TEMP|TMP|TZ|USER|LOGNAME|USERNAME|SHELL|SYSTEMROOT|COMSPEC|PATHEXT|WINDIR|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH|HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/i

/** The environment of a process that is started for us: the allowed part of ours, and what is added. */
export function cleanEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept: Record<string, string> = { ...added }
  for (const [name, value] of Object.entries(env)) if (value !== undefined && allowed.test(name)) kept[name] = value
  return kept
}
