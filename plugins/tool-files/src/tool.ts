import { defineTools, takeTurns } from '@openclaw/sdk'
import { applyPatch } from './apply-patch.ts'
import { config } from './config.ts'
import { edit } from './edit.ts'
import { glob } from './glob.ts'
import { grep } from './grep.ts'
import { list } from './list.ts'
import { read } from './read.ts'
import { send } from './send.ts'
import { write } from './write.ts'

/** Files of the session's workspace: read, list and search, write, edit and patch, and send to the person. */
export default defineTools({
  config,
  setup({
    config: { maxLines = 2000, maxOutput = 50_000, maxImageBytes = 5_000_000, maxSendBytes = 50_000_000 },
    register,
  }) {
    const turns = takeTurns()
    register(
      read({ maxLines, maxOutput, maxImageBytes }),
      list(),
      glob(),
      grep(maxOutput),
      write(turns),
      edit(turns),
      applyPatch(turns),
      send(maxSendBytes),
    )
  },
})
