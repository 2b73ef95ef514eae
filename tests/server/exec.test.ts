import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builtMain } from '../means/commandProcess.mjs'
import { temporaryDirectory } from '../means/dynatomProcess.ts'

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `dynatom exec` and sends `signal` when the command has said that it is ready. */
function exec(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal?: NodeJS.Signals,
): Promise<Ended> {
  const child = spawn(process.execPath, [builtMain, 'exec', ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  let isSent = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (signal === undefined || isSent || !stdout.includes('ready')) return
    isSent = true
    child.kill(signal)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.end('typed')
  return new Promise((resolve) => {
    child.once('close', (code, killedBy) => resolve({ code, signal: killedBy, stdout, stderr }))
  })
}

const node = (text: string): string[] => ['--', process.execPath, '--input-type=module', '-e', text]

const firstTables = `
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID +
    '/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=' + '0'.repeat(64),
}
const answer = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, { method: 'POST', headers, body: '{}' })
console.log(await answer.text())
`

describe('the command', () => {
  test('finds an empty database by its environment, and its output is all that is printed', async () => {
    expect(await exec(node(firstTables))).toEqual({
      code: 0,
      signal: null,
      stdout: '{"TableNames":[]}\n',
      stderr: '',
    })
  })

  test('has what is said of AWS by the database, not by who has called', async () => {
    const print = `console.log(JSON.stringify(Object.fromEntries(
      Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')))))`
    const inherited = {
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-west-1',
    }
    const { stdout } = await exec(['--region', 'eu-central-1', ...node(print)], inherited)
    const found = JSON.parse(stdout) as Record<string, string>
    const endpoint = found['AWS_ENDPOINT_URL_DYNAMODB']
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(found).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
      AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    })
    expect(found).not.toHaveProperty('AWS_PROFILE')
    expect(found).not.toHaveProperty('AWS_SESSION_TOKEN')
  })

  test('reads what is typed, and logs requests on standard error when asked to', async () => {
    const text = `${firstTables}; for await (const chunk of process.stdin) console.log(String(chunk))`
    const { stdout, stderr } = await exec(['--log', 'text', ...node(text)])
    expect(stdout).toBe('{"TableNames":[]}\ntyped\n')
    expect(stderr).toMatch(/^\S+ ListTables - [\d.]+ms\n$/)
  })
})

describe('it ends', () => {
  test('with the status of the command', async () => {
    expect(await exec(['--', 'sh', '-c', 'exit 7'])).toMatchObject({ code: 7, signal: null })
  })

  test('by the signal that has ended the command', async () => {
    expect(await exec(['--', 'sh', '-c', 'kill -KILL $$'])).toMatchObject({ signal: 'SIGKILL' })
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)(
    'as the command does that is passed %s',
    async (signal) => {
      const text = `process.on('${signal}', () => { console.log('got it'); process.exit(3) })
        setInterval(() => {}, 1000)
        console.log('ready')`
      expect(await exec(node(text), {}, signal)).toEqual({
        code: 3,
        signal: null,
        stdout: 'ready\ngot it\n',
        stderr: '',
      })
    },
  )

  test('by a signal that the command does not catch', async () => {
    const ended = await exec(['--', 'sh', '-c', 'echo ready; exec sleep 60'], {}, 'SIGTERM')
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('without what the command has left running and asking', async () => {
    const text = `const { spawn } = await import('node:child_process')
      const { port } = new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB)
      const begun = '.on("error", () => {}).write("POST / HTTP/1.1\\\\r\\\\n"); setTimeout(() => {}, 60_000)'
      const left = 'require("node:net").connect(' + port + ', "127.0.0.1")' + begun
      const child = spawn(process.execPath, ['-e', left], { stdio: 'ignore', detached: true })
      child.unref()
      console.log(child.pid)
      setTimeout(() => process.exit(0), 500)`
    const { code, stdout } = await exec(node(text))
    expect(code).toBe(0)
    // It was there until now.
    expect(process.kill(Number(stdout), 'SIGKILL')).toBe(true)
  })

  test('with the codes of a shell where there is no such command', async () => {
    expect(await exec(['--', 'no-such-command'])).toMatchObject({
      code: 127,
      stdout: '',
      stderr: 'dynatom exec: there is no command "no-such-command".\n',
    })
    const file = join(temporaryDirectory(), 'data')
    writeFileSync(file, '')
    chmodSync(file, 0o644)
    expect(await exec(['--', file])).toMatchObject({
      code: 126,
      stderr: `dynatom exec: "${file}" cannot be executed.\n`,
    })
  })

  test('with a sentence where the port is taken', async () => {
    const text = `const { port } = new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB)
      const { spawnSync } = await import('node:child_process')
      const args = [${JSON.stringify(builtMain)}, 'exec', '--port', port, '--', 'true']
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      console.log(status, stderr)`
    const { stdout } = await exec(node(text))
    expect(stdout).toMatch(/^1 Port \d+ is in use by another process; choose another one with/)
  })
})
