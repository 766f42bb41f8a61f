import Type from 'typebox'
import { closed, method, none } from './table.ts'

/** What is said of a backup that was written. */
export const BackupInfo = Type.Object({
  file: Type.String(),
  bytes: Type.Integer({ description: 'Size of the file.' }),
  files: Type.Integer({ description: 'Files of the home in it.' }),
  sessions: Type.Integer(),
  media: Type.Boolean(),
  credentials: Type.Boolean(),
  leftOut: Type.Array(Type.String(), {
    description: 'What cannot be in it, e.g. links and folders outside of the home.',
  }),
})

export const backupMethods = {
  'backup.create': method(
    'admin',
    "Write everything of the home into one file of the gateway's machine, as it is at one moment. For the owner in person.",
    closed({
      file: Type.String({ minLength: 1, maxLength: 4096, description: 'Absolute path, outside of the home.' }),
      replace: Type.Optional(Type.Boolean({ description: 'Take the place of an earlier backup of that name.' })),
      media: Type.Optional(Type.Boolean({ description: 'False: without the files of messages.' })),
      passphrase: Type.Optional(
        Type.String({ minLength: 1, maxLength: 1024, description: 'With the credentials, encrypted with it.' }),
      ),
    }),
    BackupInfo,
  ),
  'restore.finish': method(
    'admin',
    'Let the channels of a restored home start: the gateway that the backup was made of does not run any more.',
    none,
    Type.Object({ ok: Type.Literal(true), accounts: Type.Integer({ description: 'Accounts that connect now.' }) }),
  ),
}
