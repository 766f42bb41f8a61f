import data from './data/exec.json' with { type: 'json' }

/** What the owner allows in the test: exact words, a program by its path, a file of the workspace, and what may not be. */
export const listed = ['ls', 'ls -la', 'pwd', 'id -u', 'wc -l {file}', '/bin/cat notes.txt', 'date +%F']

/** What the owner lists without knowing better: these run what the folder or a free word says, and are never allowed. */
export const listedInVain = [
  'git status',
  'git diff',
  'make',
  'npm test',
  'python3 -m pytest',
  'sh {file}',
  'bash build.sh',
  'env {file}',
  'time {file}',
  'nice {file}',
  'nohup {file}',
  'xargs {file}',
  'find {file}',
  'awk -f {file}',
  'sed -f {file}',
  'perl {file}',
  'gdb -x {file}',
  'vim {file}',
  'man {file}',
  './report',
  'tools/report',
]

/** Commands of the list behind which a shell would go on to the canary. */
const appendable = ['ls', 'pwd', 'id -u', 'cat notes.txt']

/** Every known way past that list, with what it is. */
export const bypasses = data.families.flatMap(({ about, after = [], around = [], commands = [] }) => [
  ...commands.map((command) => ({ about, command })),
  ...appendable.flatMap((listed) => [
    ...after.map((rest) => ({ about, command: listed + rest })),
    ...around.map((whole) => ({ about, command: whole.replaceAll('LISTED', listed) })),
  ]),
])
