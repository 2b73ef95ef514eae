import { requestHeaders, requestText } from '../../packages/server/src/testing/rawExchange.ts'

/*
 * Messages on which two parsers of HTTP may disagree about where a request ends. Behind, or inside, each of
 * them is a whole request that writes an item: if the server performs it where `performsHidden` does not
 * say so, a request has been smuggled.
 */

export interface OddMessage {
  readonly name: string
  readonly bytes: string
  readonly statuses: readonly number[]
  readonly performsHidden: boolean
}

export const hiddenId = 'hidden'
/** The request that must not be performed unseen. It ends the connection if it is understood. */
const hidden = requestText(
  'PutItem',
  JSON.stringify({ TableName: 'Items', Item: { id: { S: hiddenId } } }),
  { connection: 'close' },
)

const usual = Object.entries({ host: 'localhost', ...requestHeaders('ListTables') })
const head = (requestLine: string, ...headers: string[]): string =>
  [requestLine, ...usual.map(([name, value]) => `${name}: ${value}`), ...headers, '', ''].join(
    '\r\n',
  )
const post = 'POST / HTTP/1.1'
const chunks = '2\r\n{}\r\n0\r\n\r\n'

/** A message that is no HTTP: refused, and nothing behind it is looked at. */
function refused(name: string, message: string, statuses: readonly number[] = [400]): OddMessage {
  return { name, bytes: message + hidden, statuses, performsHidden: false }
}

/** Unusual, but there is one way only to understand it: both requests are performed. */
function understood(name: string, message: string, first = 200): OddMessage {
  return { name, bytes: message + hidden, statuses: [first, 200], performsHidden: true }
}

function withLength(length: string): string {
  return `${head(post, `Content-Length: ${length}`)}{}`
}

function withCoding(...lines: string[]): string {
  return head(post, ...lines) + chunks
}

function withChunks(body: string): string {
  return head(post, 'Transfer-Encoding: chunked') + body
}

const lengths: readonly OddMessage[] = [
  ...['-2', '+2', '0x2', '2, 2', '2 2', '2e0', '2.0', '', '２', '18446744073709551618', '2;'].map(
    (text) => refused(`length "${text}"`, withLength(text)),
  ),
  refused('two lengths', head(post, 'Content-Length: 2', 'Content-Length: 0') + '{}'),
  refused('one length twice', head(post, 'Content-Length: 2', 'Content-Length: 2') + '{}'),
  // A request without a body, and then something that is none.
  refused('no length and a body', `${head(post)}{}`, [400, 400]),
  refused('an enormous length', withLength('9999999999'), [413]),
  understood('zeros before a length', withLength(`${'0'.repeat(30)}2`)),
  understood('blanks behind a length', withLength('2  ')),
  refused('a tab behind a length', withLength('2\t')),
  {
    name: 'a request in a body',
    bytes: head(post, `Content-Length: ${hidden.length}`) + hidden,
    statuses: [400],
    performsHidden: false,
  },
]

const unknownCodings: readonly string[] = [
  'xchunked',
  'identity',
  'gzip, chunked',
  'identity, chunked',
  'chunked;q=1',
  '"chunked"',
  'gzip,\tchunked',
]

const codings: readonly OddMessage[] = [
  ...unknownCodings.map((coding) =>
    refused(`coding "${coding}"`, withCoding(`Transfer-Encoding: ${coding}`), [501]),
  ),
  refused('an empty coding', head(post, 'Transfer-Encoding:'), [501]),
  ...['identity', 'chunked'].map((coding) => {
    const name = `the coding chunked, and then ${coding}`
    return refused(name, withCoding('Transfer-Encoding: chunked', `Transfer-Encoding: ${coding}`))
  }),
  refused('a vertical tab before a coding', withCoding('Transfer-Encoding:\x0bchunked')),
  refused('length and chunks', withCoding('Content-Length: 2', 'Transfer-Encoding: chunked')),
  refused('chunks and length', withCoding('Transfer-Encoding: chunked', 'Content-Length: 2')),
  refused(
    'chunks and no length at all',
    withCoding('Transfer-Encoding: chunked', 'Content-Length: 0'),
  ),
  refused('a blank before the colon', withCoding('Transfer-Encoding : chunked')),
  refused('a tab before the colon', withCoding('Transfer-Encoding\t: chunked')),
  understood('another case', withCoding('tRANSFER-eNCODING: cHUNKED')),
]

const chunkForms: readonly OddMessage[] = [
  ...['zz', '-2', '0x2', ' 2', '2 ', '', '10000000000000002', '2\x00', '２'].map((size) =>
    refused(`chunk size "${size}"`, withChunks(`${size}\r\n{}\r\n0\r\n\r\n`)),
  ),
  refused('a chunk without its end', withChunks('2\r\n{}0\r\n\r\n')),
  refused('chunks with bare LF', withChunks('2\n{}\n0\n\n')),
  refused('a chunk extension with bare LF', withChunks('2;a\n{}\r\n0\r\n\r\n')),
  refused('a long chunk extension', withChunks(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)),
  refused('a length behind the chunks', withChunks('2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n')),
  refused('no header behind the chunks', withChunks('2\r\n{}\r\n0\r\nx\r\n\r\n')),
  understood('chunk extensions', withChunks('2;a=b;c="d"\r\n{}\r\n0;e\r\n\r\n')),
  understood('zeros before a chunk size', withChunks('0002\r\n{}\r\n000\r\n\r\n')),
]

const lines: readonly OddMessage[] = [
  refused('a folded header', `${head(post, 'X-A: 1', ' Content-Length: 2')}{}`),
  refused('a folded length', `${head(post, 'Content-Length:', ' 2')}{}`),
  refused('bare LF everywhere', `${head(post, 'Content-Length: 2').replaceAll('\r\n', '\n')}{}`),
  refused('bare LF once', `${head(post, 'X-A: 1\nContent-Length: 2')}{}`),
  refused('bare LF at the end', `${head(post, 'Content-Length: 2').slice(0, -2)}\n{}`),
  refused('bare CR between headers', `${head(post, 'X-A: 1\rContent-Length: 2')}{}`),
  refused('CR in a value', `${head(post, 'X-A: 1\r2', 'Content-Length: 2')}{}`),
  refused('NUL in a value', `${head(post, 'X-A: 1\x002', 'Content-Length: 2')}{}`),
  refused('NUL in a name', `${head(post, 'X\x00A: 1', 'Content-Length: 2')}{}`),
  refused('a header without a name', `${head(post, ': 1', 'Content-Length: 2')}{}`),
  refused('a header without a colon', `${head(post, 'X-A', 'Content-Length: 2')}{}`),
  refused('a blank in a name', `${head(post, 'X A: 1', 'Content-Length: 2')}{}`),
  refused('a blank before the request', ` ${withLength('2')}`),
  refused('a blank before the first header', withLength('2').replace('\r\n', '\r\n X: 1\r\n')),
  understood('empty lines before the request', `\r\n\r\n${withLength('2')}`),
  understood('two hosts', `${head(post, 'Host: other', 'Content-Length: 2')}{}`),
  understood(
    'two targets',
    `${head(post, 'x-amz-target: DynamoDB_20120810.DeleteTable', 'Content-Length: 2')}{}`,
    400,
  ),
]

const firstLines: readonly OddMessage[] = [
  ...[
    'post / HTTP/1.1',
    'FOO / HTTP/1.1',
    'PRI * HTTP/2.0',
    'POST / HTTP/1.2',
    'POST / HTTP/9.9',
    'POST / HTTP/1.1 ',
    'POST / HTTPS/1.1',
    'POST  HTTP/1.1',
    'POST /a b HTTP/1.1',
    'POST\t/ HTTP/1.1',
    'POST /\xff HTTP/1.1',
    'POST /\x00 HTTP/1.1',
    'PROXY TCP4 1.1.1.1 2.2.2.2 1 2',
  ].map((line) => refused(`first line "${line}"`, `${head(line, 'Content-Length: 2')}{}`)),
  refused('CONNECT', head('CONNECT a:1 HTTP/1.1'), []),
  // There is one request in the eyes of the parser, which ends its connection.
  refused('HTTP/0.9', head('GET /'), [200]),
  refused('HTTP/2.0', `${head('POST / HTTP/2.0', 'Content-Length: 2')}{}`, [200]),
  // What follows a request that ends its connection belongs to nobody.
  refused('HTTP/1.0', `${head('POST / HTTP/1.0', 'Content-Length: 2')}{}`, [200]),
  refused(
    'chunks in HTTP/1.0',
    head('POST / HTTP/1.0', 'Transfer-Encoding: chunked') + chunks,
    [200],
  ),
  refused('Connection: close', `${head(post, 'Connection: close', 'Content-Length: 2')}{}`, [200]),
  refused(
    'an upgrade to WebSocket',
    `${head(post, 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 2')}{}`,
    [200],
  ),
  refused(
    'an upgrade to HTTP/2',
    `${head(post, 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2')}{}`,
    [200],
  ),
  understood('an absolute target', `${head('POST http://a/b HTTP/1.1', 'Content-Length: 2')}{}`),
  understood('GET with a body', `${head('GET / HTTP/1.1', 'Content-Length: 2')}{}`),
  understood('OPTIONS *', `${head('OPTIONS * HTTP/1.1', 'Content-Length: 2')}{}`, 404),
  understood('TRACE', head('TRACE / HTTP/1.1'), 404),
  understood('an unknown expectation', `${head(post, 'Expect: 200-ok', 'Content-Length: 2')}{}`),
]

export const oddMessages: readonly OddMessage[] = [
  ...lengths,
  ...codings,
  ...chunkForms,
  ...lines,
  ...firstLines,
]
