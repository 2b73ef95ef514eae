import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The place of a module of the package as it is shipped; `npm test` has built it. */
export function builtModule(path: string): string {
  return fileURLToPath(new URL(`../../packages/server/dist/${path}`, import.meta.url))
}

/** The command. */
export const builtMain: string = builtModule('cli/main.js')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How a command is started where the plain way will not do. */
export interface Launch {
  /** A program and its arguments that set something up and then become the command. */
  readonly wrapper?: readonly string[]
  /** Another user. REQUIRES: this process is root. */
  readonly uid?: number
}

/** A running command, killed when the test that started it is over. */
export class DynatomProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''
  #watchers: (() => void)[] = []

  constructor(args: readonly string[], directory?: string, { wrapper = [], uid }: Launch = {}) {
    const [program, ...rest] = [...wrapper, process.execPath, builtMain, ...args]
    this.child = spawn(program as string, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(directory !== undefined && { cwd: directory }),
      ...(uid !== undefined && { uid, gid: uid }),
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      for (const watch of this.#watchers) watch()
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
        for (const watch of this.#watchers) watch()
      })
    })
    onTestFinished(async () => {
      this.child.kill('SIGKILL')
      await this.ended
    })
  }

  /** The part of the standard output that `pattern` matches, once there is one. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout)
      if (match !== null) return match
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended without ${pattern}: ${this.stdout}${this.stderr}`)
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve))
    }
  }

  /** The endpoint that the ready line names, once the server is ready. */
  async endpoint(): Promise<string> {
    return (await this.seen(/is ready: (http:\S+) \([^\n]*\)\n.*\n/))[1] as string
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }
}

/** A new directory, removed when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/**
 * A new directory for the data of servers. When the test is over and its servers have ended, the
 * store in it must be consistent; then it is removed.
 */
export function checkedDirectory(): string {
  const directory = temporaryDirectory()
  checkWhenOver(directory)
  return directory
}

/**
 * Has `dynatom check` prove the store in `directory` consistent when the test is over. REQUIRES:
 * called before the servers of the directory are started, for they must have ended before.
 */
export function checkWhenOver(directory: string): void {
  onTestFinished(async () => {
    const { code, output } = await runCheck(directory)
    if (code !== 0) throw new Error(`dynatom check ended with ${code}:\n${output}`)
  })
}

function runCheck(directory: string): Promise<{ code: number | string | null; output: string }> {
  const args = [builtMain, 'check', '--data-dir', directory]
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), output: stdout + stderr })
    })
  })
}

const signature =
  'AWS4-HMAC-SHA256 Credential=local/20260102/us-east-1/dynamodb/aws4_request, ' +
  'SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000'

export function requestHeaders(operation: string): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260102T030405Z',
    authorization: signature,
  }
}

/** A whole request as bytes of ISO 8859-1; `headers` come after the usual ones, or replace them. */
export function requestText(
  operation: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const all = {
    host: 'localhost',
    'content-length': String(body.length),
    ...requestHeaders(operation),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Sends one request over HTTP and gives its answer. */
export async function call(endpoint: string, operation: string, request: object): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: requestHeaders(operation),
    body: JSON.stringify(request),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** Sends one request and gives the body of its answer; throws when that is an error. */
export async function perform(
  endpoint: string,
  operation: string,
  request: object,
): Promise<Record<string, unknown>> {
  const { status, body } = await call(endpoint, operation, request)
  if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`)
  return body
}

export const itemsTable = {
  TableName: 'Items',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}

/** A connection whose bytes a test writes itself. */
export class RawConnection {
  readonly socket: Socket
  readonly ended: Promise<string>
  received = ''

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint)
    this.socket = createConnection(Number(port), hostname)
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.received += text.toString()
    })
    this.ended = new Promise((resolve, reject) => {
      this.socket.once('end', () => resolve(this.received))
      this.socket.once('error', reject)
    })
    onTestFinished(() => void this.socket.destroy())
  }

  /** Resolves when `text` has arrived. */
  async seen(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      await new Promise((resolve) => this.socket.once('data', resolve))
    }
  }

  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }
}
