/**
 * The first process of a container. It reads what nobody writes; when the gateway is gone, however it went, its end of
 * the pipe is closed, and the container ends with everything in it. A shell waits for `cat`, as a shell takes in
 * processes whose parents have ended.
 */
export const firstProcess: readonly string[] = ['sh', '-c', 'cat >/dev/null; exit 0']

/** The variable that everything a command started has. */
const mark = 'OPENCLAW_CHILD'

/**
 * A shell that waits for its command, so that one is there when it is needed. It reads one line: the mark of the command
 * and its words, quoted; it answers with a dot, and the rest of input and output is the command's. When the command has
 * ended it ends what that left behind, and takes over its exit code. It looks again when processes came or went
 * meanwhile: one that it did not see may have been started by one that it did not see any more.
 */
export const waitingShell: readonly string[] = [
  'sh',
  '-c',
  `n='
'
IFS= read -r line || exit 0
eval "set -- $line"
mark=$1
shift
printf .
( export ${mark}="$mark"; exec "$@" )
code=$?
kills=0 looks=0
while [ $kills -lt 50 ] && [ $looks -lt 5 ]; do
  set -- /proc/[0-9]*
  before=$*
  left=$(grep -ls "${mark}=$mark" /proc/[0-9]*/environ 2>/dev/null)
  if [ -z "$left" ]; then
    looks=$((looks + 1))
    set -- /proc/[0-9]*
    [ "$before" = "$*" ] && break
  else
    kills=$((kills + 1)) looks=0
    for file in $left; do
      pid=\${file#/proc/}
      kill -9 "\${pid%/environ}" 2>/dev/null
    done
  fi
done
exit $code`,
]

/** The line that {@link waitingShell} reads. */
export function commandLine(mark: string, argv: readonly string[]): string {
  return `${[mark, ...argv].map(quote).join(' ')}\n`
}

/** One word, without a line break in it: the shell reads one line. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`).replaceAll('\n', `'"$n"'`)}'`
}
