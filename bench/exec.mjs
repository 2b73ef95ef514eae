/** The first answer of the database beside a command, `dynatom exec`, and a bare Node. See docs/benchmarks.md. */
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bareMs } from './coldTarget.mjs'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { median } from './statistics.mjs'

const usage = `npm run bench -- --exec [options]
  --rounds N            starts of each (25)
  --node PROGRAM        the Node that all run on (this one)`

const startFile = fileURLToPath(
  new URL('../packages/server/dist/start/dynatom.cjs', import.meta.url),
)
/** Times a bare Node that the first answer may take. */
const aim = 2.5

/** Asks for the health of the server and prints the first line of the answer. */
const ask = `port=\${AWS_ENDPOINT_URL_DYNAMODB##*:}
exec 3<>/dev/tcp/127.0.0.1/$port
printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3
read -r line <&3
echo "$line"`

/** Milliseconds until the command beside the database has its first answer. */
async function answerMs(program) {
  const begin = performance.now()
  const args = [startFile, 'exec', '--', 'bash', '-c', ask]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  let ms
  for await (const text of child.stdout.setEncoding('utf8')) {
    ms ??= performance.now() - begin
    output += text
  }
  if (!output.startsWith('HTTP/1.1 200 OK')) throw new Error(`the answer is ${output}`)
  return ms
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    node: { type: 'string', default: process.execPath },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(usage)
} else {
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const bare = []
  const answered = []
  await answerMs(values.node)
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareMs(values.node))
    answered.push(await answerMs(values.node))
  }
  const ratio = median(answered.map((ms, round) => ms / bare[round]))
  console.log(`${describeMachine(tmpdir()).join('\n')}\n`)
  console.log(
    `First answer ${median(answered).toFixed(0)} ms, \`node -e 0\` ${median(bare).toFixed(0)} ms: ` +
      `${ratio.toFixed(2)} times (aim ${aim}).`,
  )
}
