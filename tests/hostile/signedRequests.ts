import type { RawRequest } from '../../packages/server/src/http/rawMessage.ts'
import {
  signedByHeader,
  signedByQuery,
  type SigningTerms,
} from '../../packages/server/src/testing/requestSigner.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

/** A request on its way: its parts as they are sent, a character for each byte. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  /** Name and value of each line, without Content-Length. */
  readonly lines: readonly (readonly [string, string])[]
  readonly body: string
  /** The names of the lines that are signed. */
  readonly signed: readonly string[]
}

/** A change of one thing that the signature covers; undefined where there is nothing to change. */
type Change = (request: SentRequest, random: SeededRandom) => SentRequest | undefined

/** The bytes of a request. */
export function textOf({ method, url, lines, body }: SentRequest): string {
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${url} HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** A PutItem of an item that is its own, signed in one of many ways. */
export function signedRequest(random: SeededRandom, id: string, terms: SigningTerms): SentRequest {
  const item = { id: { S: id }, text: { S: random.pick(['', 'ä😀', 'x'.repeat(500)]) } }
  const more: Record<string, string> = {
    'x-amz-user-agent': 'aws-sdk-js/3',
    'amz-sdk-request': 'attempt=1; max=3',
    'amz-sdk-invocation-id': '14de8ae5-eecd-44dc-bf56-9fff69b8be66',
    'x-empty': '',
    accept: '*/*',
  }
  const chosen = random.pickSome(Object.keys(more), random.below(6))
  const headers = {
    host: 'localhost:8000',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.PutItem',
    ...Object.fromEntries(chosen.map((name) => [name, more[name] as string])),
  }
  const body = JSON.stringify({ TableName: 'Items', Item: item })
  const plain = { method: 'POST', path: '/', headers, body }
  const byQuery = random.chance(0.3)
  const request = byQuery
    ? signedByQuery(plain, terms, random.between(200, 604_800))
    : signedByHeader(plain, terms)
  const signed = [...Object.keys(headers), ...(byQuery ? [] : ['x-amz-date'])]
  return sentAs(request, signed)
}

function sentAs({ method, url, headers, body }: RawRequest, signed: string[]): SentRequest {
  const lines = Object.entries(headers as Record<string, string>)
  return { method, url, lines, body: Buffer.from(body).toString('latin1'), signed }
}

/** Another character that can stand in a header and that is no blank. */
function otherCharacter(random: SeededRandom, character: string): string {
  const other = String.fromCharCode(random.between(0x21, 0x7e))
  return other === character ? otherCharacter(random, character) : other
}

function withOther(random: SeededRandom, text: string): string {
  if (text === '') return '!'
  const at = random.below(text.length)
  return text.slice(0, at) + otherCharacter(random, text[at] as string) + text.slice(at + 1)
}

function withLine(
  request: SentRequest,
  name: string,
  change: (value: string) => string | undefined,
): SentRequest | undefined {
  const at = request.lines.findIndex(([each]) => each === name)
  if (at === -1) return undefined
  const [, value] = request.lines[at] as [string, string]
  const changed = change(value)
  if (changed === value) return undefined
  const line = changed === undefined ? [] : [[name, changed] as const]
  return { ...request, lines: request.lines.toSpliced(at, 1, ...line) }
}

const changeBit: Change = (request, random) => {
  const bytes = Buffer.from(request.body, 'latin1')
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
  return { ...request, body: bytes.toString('latin1') }
}

const changeParameter =
  (name: string, change: (random: SeededRandom, value: string) => string): Change =>
  (request, random) => {
    const inHeader = name.replace('X-Amz-', '')
    const fromHeader = withLine(request, 'authorization', (value) =>
      value.replace(new RegExp(`${inHeader}=([^,]*)`), (_, old: string) => {
        return `${inHeader}=${change(random, old)}`
      }),
    )
    if (fromHeader !== undefined) return fromHeader
    const [path, query = ''] = request.url.split('?')
    const parameters = new URLSearchParams(query)
    const old = parameters.get(name)
    if (old === null) return undefined
    parameters.set(name, change(random, old))
    const changed = [...parameters].map((pair) => pair.map(encodeURIComponent).join('='))
    return { ...request, url: `${path}?${changed.join('&')}` }
  }

/** A list of signed headers without one of them, or with one more. */
function otherList(random: SeededRandom, list: string): string {
  const names = list.split(';')
  if (random.chance(0.5)) return names.toSpliced(random.below(names.length), 1).join(';')
  return [...names, 'content-length'].join(';')
}

/** By name, for the figures of a run. */
export const changes: Readonly<Record<string, Change>> = {
  'a bit of the body': changeBit,
  'a byte of the body more': (request, random) => {
    const at = random.below(request.body.length + 1)
    return { ...request, body: `${request.body.slice(0, at)} ${request.body.slice(at)}` }
  },
  'no body': (request) => ({ ...request, body: '' }),
  'another operation': (request, random) =>
    withLine(request, 'x-amz-target', () => {
      return `DynamoDB_20120810.${random.pick(['ListTables', 'DeleteItem', 'Scan', 'UpdateItem'])}`
    }),
  'a character of a signed header': (request, random) =>
    withLine(request, random.pick(request.signed), (value) => withOther(random, value)),
  'a signed header less': (request, random) => {
    const others = request.signed.filter((name) => name !== 'host')
    return withLine(request, random.pick(others), () => undefined)
  },
  'a signed header twice': (request, random) => {
    const name = random.pick(request.signed)
    const line = request.lines.find(([each]) => each === name) as [string, string]
    const again: [string, string] = [
      name,
      random.chance(0.5) ? line[1] : withOther(random, line[1]),
    ]
    return { ...request, lines: [...request.lines, again] }
  },
  'the date': (request, random) => {
    const change = (value: string): string =>
      value.replace(/\d\dZ$/, (old) => {
        const second = random.below(60)
        return `${String(second === Number(old.slice(0, 2)) ? (second + 1) % 60 : second).padStart(2, '0')}Z`
      })
    return (
      withLine(request, 'x-amz-date', change) ??
      changeParameter('X-Amz-Date', (_, value) => change(value))(request, random)
    )
  },
  'the time that it holds': changeParameter('X-Amz-Expires', (_, value) =>
    String(Number(value) - 1),
  ),
  'the credential': changeParameter('X-Amz-Credential', withOther),
  'the list of signed headers': changeParameter('X-Amz-SignedHeaders', otherList),
  'the signature': changeParameter('X-Amz-Signature', (random, value) => {
    const at = random.below(value.length)
    const digit = (
      (Number.parseInt(value[at] as string, 16) + random.between(1, 15)) %
      16
    ).toString(16)
    return value.slice(0, at) + digit + value.slice(at + 1)
  }),
  'the algorithm': (request) =>
    withLine(request, 'authorization', (value) => value.replace('SHA256', 'SHA512')),
  'a session token': (request, random) =>
    request.url === '/'
      ? { ...request, lines: [...request.lines, ['x-amz-security-token', 'token'] as const] }
      : changeParameter('X-Amz-Date', () => '20260101T000000Z')(request, random),
  'the path': (request, random) => ({
    ...request,
    url: request.url.replace('/', random.pick(['/x', '/%2F', '/a/', '/.x'])),
  }),
  'a parameter more': (request, random) => ({
    ...request,
    url: `${request.url}${request.url.includes('?') ? '&' : '?'}${random.pick(['a=b', 'a', 'A=%20'])}`,
  }),
}
