import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { readSecret } from '../secret.ts'

/** Asks for a new passphrase, twice where it is typed: what nobody knows opens nothing. */
export async function choosePassphrase(cli: Cli): Promise<string> {
  const passphrase = await readSecret('Passphrase for the credentials', cli)
  if (!cli.terminal.interactive) return passphrase
  const again = await readSecret('The same again', cli)
  if (again !== passphrase) throw failure('invalid_params', 'The two are not the same; nothing was written.')
  return passphrase
}
