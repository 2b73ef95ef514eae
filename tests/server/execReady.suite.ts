import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const startFile = fileURLToPath(
  new URL('../../packages/server/dist/start/dynatom.cjs', import.meta.url),
)

/** Asks for the health of the server and prints the first line of the answer. */
const ask = `port=\${AWS_ENDPOINT_URL_DYNAMODB##*:}
exec 3<>/dev/tcp/127.0.0.1/$port
printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3
read -r line <&3
echo "$line"`

const rounds = 25
const mostTimes = 2.5

interface Measured {
  readonly output: string
  /** Until the first output, or else the end. */
  readonly ms: number
}

function measure(args: readonly string[]): Promise<Measured> {
  const startMs = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  let outputMs: number | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    outputMs ??= performance.now() - startMs
    output += text
  })
  return new Promise((resolve) => {
    child.once('close', () => resolve({ output, ms: outputMs ?? performance.now() - startMs }))
  })
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] as number

test(`the command has its first answer within ${mostTimes} times a bare Node`, async () => {
  const exec = [startFile, 'exec', '--', 'bash', '-c', ask]
  await measure(exec)
  const bareMs: number[] = []
  const answeredMs: number[] = []
  for (let round = 0; round < rounds; round++) {
    bareMs.push((await measure(['-e', '0'])).ms)
    const { output, ms } = await measure(exec)
    expect(output).toMatch(/^HTTP\/1\.1 200 OK/)
    answeredMs.push(ms)
  }
  const times = median(answeredMs) / median(bareMs)
  console.log(
    `first answer ${median(answeredMs).toFixed(1)} ms, bare ${median(bareMs).toFixed(1)} ms, ` +
      `${times.toFixed(2)} times`,
  )
  expect(times).toBeLessThan(mostTimes)
})
