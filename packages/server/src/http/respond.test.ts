import { crc32, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { principalOfRoot } from '../access/rootKey.ts'
import { systemClock, systemRandom } from '../clock.ts'
import { ApiError, modelledKind } from '../errors/apiError.ts'
import { maxRequestBodyBytes } from '../limits.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { dispatcherOf } from '../testing/performOperation.ts'
import { signedByHeader } from '../testing/requestSigner.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'
import { createResponder } from './respond.ts'
import type { RequestLog, ResponderOptions } from './responderOptions.ts'
import { acceptAnyKey, requireSignature } from './signature.ts'

const handlers = {
  ListTables: (request: object, { accessKeyId }: { accessKeyId: string }) => ({
    TableNames: [accessKeyId],
    request,
  }),
  DescribeTable() {
    throw new ApiError(modelledKind('ResourceNotFoundException'), 'é')
  },
  DescribeLimits() {
    throw new TypeError('secret')
  },
  GetItem: () => ({}),
}
const dispatcher = dispatcherOf(handlers, { GetItem: 1 })

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKID/20130301/us-east-1/dynamodb/aws4_request, ' +
  'SignedHeaders=host, Signature=abc'

type Change = Partial<Omit<RawRequest, 'body'>> & { body?: string | Uint8Array }

function operation(name: string, change: Change = {}): RawRequest {
  return {
    method: 'POST',
    url: '/',
    ...change,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${name}`,
      'x-amz-date': '20130301T000000Z',
      authorization,
      ...change.headers,
    },
    body: Buffer.from(change.body ?? '{}'),
  }
}

async function respond(
  request: RawRequest,
  options: Partial<ResponderOptions> = {},
): Promise<RawResponse> {
  const responder = createResponder({
    dispatcher,
    region: 'eu-west-1',
    random: systemRandom,
    clock: systemClock,
    authenticate: acceptAnyKey,
    ...options,
  })
  return responder(request)
}

function textOf(response: RawResponse): string {
  return Buffer.from(response.body).toString('utf8')
}

async function errorOf(request: RawRequest): Promise<string> {
  const response = await respond(request)
  const { __type: type } = JSON.parse(textOf(response)) as { __type: string }
  return `${response.statusCode} ${type}`
}

const serialization = '400 com.amazon.coral.service#SerializationException'
const unknown = '400 com.amazon.coral.service#UnknownOperationException'
const missingToken = '400 com.amazon.coral.service#MissingAuthenticationTokenException'
const unsigned = { authorization: undefined }

describe('answers', () => {
  it('have an id, a checksum, a length and the type of the request', async () => {
    const response = await respond(operation('ListTables'))
    expect(response.statusCode).toBe(200)
    expect(textOf(response)).toBe('{"TableNames":["AKID"],"request":{}}')
    expect(response.headers).toEqual({
      'x-amzn-requestid': expect.stringMatching(/^[A-Z0-9]{52}$/),
      'x-amz-crc32': String(crc32(response.body)),
      'content-length': String(response.body.length),
      'content-type': 'application/x-amz-json-1.0',
    })
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
    const other = await respond(operation('ListTables', { headers }))
    expect(other.headers['content-type']).toBe('application/json')
    expect(other.headers['x-amzn-requestid']).not.toBe(response.headers['x-amzn-requestid'])
  })

  it('show errors in their envelope', async () => {
    const response = await respond(operation('DescribeTable', { body: '{"TableName":"tab"}' }))
    expect(response.statusCode).toBe(400)
    expect(textOf(response)).toBe(
      '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"é"}',
    )
    expect(response.headers['content-length']).toBe(String(Buffer.byteLength(textOf(response))))
    expect(response.headers['x-amz-crc32']).toBe(String(crc32(response.body)))
  })

  it('show no faults of our own, but tell them with the request id', async () => {
    const faults: unknown[] = []
    const response = await respond(operation('DescribeLimits'), {
      onInternalError: (...fault) => faults.push(fault),
    })
    expect(response.statusCode).toBe(500)
    expect(textOf(response)).toContain('#InternalServerError"')
    expect(textOf(response)).not.toContain('secret')
    expect(faults).toEqual([[response.headers['x-amzn-requestid'], new TypeError('secret')]])
  })
})

describe('checks, in order', () => {
  it('size comes first', async () => {
    const body = Buffer.alloc(maxRequestBodyBytes + 1)
    const tooLarge = '413 com.amazon.coral.service#RequestEntityTooLargeException'
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      expect(await errorOf({ ...operation('ListTables'), method, body })).toBe(tooLarge)
      expect(await errorOf({ ...operation('ListTables'), method, isTooLarge: true })).toBe(tooLarge)
    }
    expect(await errorOf(operation('ListTables', { body: body.subarray(1) }))).toBe(serialization)
  })

  it('CORS', async () => {
    const headers = {
      origin: 'http://localhost',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-amz-target',
    }
    const response = await respond({ ...operation(''), method: 'OPTIONS', headers })
    expect(response.statusCode).toBe(200)
    expect(response.body.length).toBe(0)
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-max-age': '172800',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'x-amz-target',
      'content-length': '0',
    })
    const answer = await respond(operation('ListTables', { headers }))
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-expose-headers']).toBe('x-amzn-requestid,x-amz-crc32')
  })

  it('no CORS for who is of no other origin', async () => {
    const headers = { 'access-control-request-method': 'POST' }
    const response = await respond({ ...operation(''), method: 'OPTIONS', headers })
    expect(response.statusCode).toBe(404)
    const names = Object.keys(response.headers).filter((name) => name.startsWith('access-control'))
    expect(names).toEqual([])
  })

  it('health', async () => {
    const get = operation('', { method: 'GET', headers: unsigned })
    const response = await respond(get)
    expect(response.statusCode).toBe(200)
    expect(textOf(response)).toBe('healthy: dynamodb.eu-west-1.amazonaws.com ')
    expect(response.headers['x-amz-crc32']).toBe(String(crc32(response.body)))
    expect((await respond({ ...get, url: '/?a=b' })).statusCode).toBe(200)
    const head = await respond({ ...get, method: 'HEAD' })
    expect(head.statusCode).toBe(200)
    expect(head.body).toHaveLength(0)
    for (const name of ['content-length', 'x-amz-crc32']) {
      expect(head.headers[name]).toBe(response.headers[name])
    }
  })

  it('health of no other path', async () => {
    for (const url of ['/healthz', '//', '/index.html?', '*', '']) {
      const request = operation('', { method: 'GET', headers: unsigned, url })
      expect((await respond(request)).statusCode, url).toBe(404)
      expect((await respond({ ...request, method: 'HEAD' })).statusCode, url).toBe(404)
    }
  })

  it('health as DynamoDB Local answers it', async () => {
    const request = operation('', { method: 'GET', headers: unsigned })
    const response = await respond(request, { localHealth: true })
    expect(response.statusCode).toBe(400)
    expect(response.headers['content-type']).toBe('application/x-amz-json-1.0')
    expect(textOf(response)).toBe(
      '{"__type":"com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken","message":' +
        '"Request must contain either a valid (registered) AWS access key ID or X.509 certificate."}',
    )
    const head = await respond({ ...request, method: 'HEAD' }, { localHealth: true })
    expect([head.statusCode, head.body.length]).toEqual([400, 0])
    expect((await respond(operation('ListTables'), { localHealth: true })).statusCode).toBe(200)
  })

  it('method and content type', async () => {
    const wrong = [
      operation('ListTables', { method: 'PUT' }),
      operation('ListTables', { method: 'DELETE', body: '' }),
      operation('ListTables', { headers: { 'content-type': 'text/plain' } }),
      operation('ListTables', { headers: { 'content-type': 'application/x-amz-json-1.1' } }),
      operation('ListTables', { headers: { 'content-type': undefined }, body: 'no JSON' }),
    ]
    for (const request of wrong) {
      const response = await respond(request)
      expect(response.statusCode).toBe(404)
      expect(textOf(response)).toBe('<UnknownOperationException/>\n')
      expect(response.headers['content-length']).toBe('29')
    }
    const head = await respond(operation('ListTables', { method: 'HEAD', url: '/x' }))
    expect(head.statusCode).toBe(404)
    expect(head.body.length).toBe(0)
  })

  it('JSON, even of unknown operations and without a signature', async () => {
    const broken: Change = { body: '{', headers: unsigned }
    expect(await errorOf(operation('Nothing', broken))).toBe(serialization)
    expect(await errorOf(operation('ListTables', broken))).toBe(serialization)
    expect(await errorOf(operation('ListTables', { body: '' }))).toBe(serialization)
    const headers = { 'content-type': undefined }
    expect(await errorOf(operation('ListTables', { body: '', headers }))).toBe(serialization)
    const response = await respond(operation('ListTables', broken))
    expect(textOf(response)).toBe('{"__type":"com.amazon.coral.service#SerializationException"}')
  })

  it('no body at all is judged after target and signature', async () => {
    expect(await errorOf(operation('Nothing', { body: '' }))).toBe(unknown)
    expect(await errorOf(operation('ListTables', { body: '', headers: unsigned }))).toBe(
      missingToken,
    )
    expect(await errorOf(operation('ListTables', { body: '' }))).toBe(serialization)
  })

  it('target', async () => {
    expect(await errorOf(operation('Nothing', { headers: unsigned }))).toBe(unknown)
    expect(await errorOf(operation('Query'))).toBe(unknown)
    for (const target of [undefined, '', 'ListTables', 'DynamoDB_20111205.ListTables']) {
      const headers = { 'x-amz-target': target }
      expect(await errorOf(operation('', { headers }))).toBe(unknown)
    }
    const response = await respond(operation('Nothing'))
    expect(textOf(response)).toBe('{"__type":"com.amazon.coral.service#UnknownOperationException"}')
  })

  it('signature, then types, then constraints', async () => {
    const wrongType = '{"Limit":"x"}'
    expect(await errorOf(operation('ListTables', { body: wrongType, headers: unsigned }))).toBe(
      missingToken,
    )
    expect(await errorOf(operation('ListTables', { body: wrongType }))).toBe(serialization)
    expect(await errorOf(operation('ListTables', { body: '{"Limit":0}' }))).toBe(
      '400 com.amazon.coral.validate#ValidationException',
    )
  })

  it('asks the authenticator', async () => {
    const seen: unknown[] = []
    const response = await respond(operation('ListTables'), {
      authenticate: {
        letsStrangersAsk: true,
        callerOf(request, service) {
          seen.push(request.method, service)
          throw new ApiError(modelledKind('UnrecognizedClientException'), 'no')
        },
      },
    })
    expect(seen).toEqual(['POST', 'dynamodb'])
    expect(textOf(response)).toContain('UnrecognizedClientException')
  })
})

describe('a body that is no UTF-8', () => {
  it('is refused, so that no byte is changed in silence', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(await errorOf(operation('ListTables', { body }))).toBe(
      '400 com.amazon.coral.service#SerializationException',
    )
  })
})

describe('the log', () => {
  async function logOf(request: RawRequest): Promise<RequestLog[]> {
    const logs: RequestLog[] = []
    let nowMs = 0
    const clock = { ...systemClock, monotonicMs: () => (nowMs += 5) }
    await respond(request, { onRequest: (log) => logs.push(log), clock })
    return logs
  }

  const requestId = expect.stringMatching(/^[A-Z0-9]{52}$/) as string

  it('tells of answers and errors', async () => {
    expect(await logOf(operation('GetItem', { body: '{"TableName":"tab","Key":{}}' }))).toEqual([
      {
        operation: 'GetItem',
        tableName: 'tab',
        consumedUnits: 1,
        durationMs: 5,
        statusCode: 200,
        requestId,
      },
    ])
    expect(await logOf(operation('DescribeLimits'))).toEqual([
      {
        operation: 'DescribeLimits',
        durationMs: 5,
        statusCode: 500,
        errorName: 'InternalServerError',
        requestId,
      },
    ])
    expect(await logOf(operation('Nothing'))).toMatchObject([
      { operation: 'Nothing', errorName: 'UnknownOperationException' },
    ])
  })

  it('shows the target of another service as it was sent', async () => {
    const target = 'DAX_20170419.ListStreams'
    expect(await logOf(operation('', { headers: { 'x-amz-target': target } }))).toMatchObject([
      { operation: target, errorName: 'UnknownOperationException' },
    ])
  })
})

describe('verified signatures', () => {
  const principal = principalOfRoot('123456789012')
  const key = { accessKeyId: 'AKID', secretAccessKey: 'secret', principal }
  const clock = new ManualClock()
  const keys = { find: (id: string) => (id === 'AKID' ? key : undefined) }
  const seen: unknown[] = []
  const listening = dispatcherOf({
    ...handlers,
    ListTables(_request, context) {
      seen.push(context.accessKeyId, context.principal)
      return {}
    },
  })

  function signed(name: string, body: string | Uint8Array, headers = {}): RawRequest {
    const plain = {
      method: 'POST',
      path: '/',
      headers: {
        host: 'localhost',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': name,
        ...headers,
      },
      body,
    }
    const terms = { key, region: 'eu-west-1', service: 'dynamodb', timeMs: clock.nowMs() }
    return signedByHeader(plain, terms)
  }

  async function answerTo(request: RawRequest): Promise<{ text: string; logs: RequestLog[] }> {
    const logs: RequestLog[] = []
    const response = await respond(request, {
      dispatcher: listening,
      clock,
      authenticate: requireSignature(keys, 'eu-west-1', clock),
      onRequest: (log) => logs.push(log),
    })
    const text = Buffer.from(response.body).toString('utf8')
    return { text: `${response.statusCode} ${text}`, logs }
  }

  const wrong =
    '400 {"__type":"com.amazon.coral.service#InvalidSignatureException","message":' +
    '"The request signature we calculated does not match the signature you provided. ' +
    'Check your AWS Secret Access Key and signing method. ' +
    'Consult the service documentation for details."}'
  const missing =
    '400 {"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",' +
    '"message":"Request is missing Authentication Token"}'

  it('tell operation and log who has signed', async () => {
    const { text, logs } = await answerTo(signed('DynamoDB_20120810.ListTables', '{}'))
    expect(text).toBe('200 {}')
    expect(seen.splice(0)).toEqual(['AKID', principal])
    expect(logs).toMatchObject([{ operation: 'ListTables', accessKeyId: 'AKID' }])
  })

  it('keep out what they do not cover, and the log does not believe it', async () => {
    const request = signed('DynamoDB_20120810.ListTables', '{}')
    const { text, logs } = await answerTo({ ...request, body: Buffer.from('{"Limit":1}') })
    expect(text).toBe(wrong)
    expect(logs[0]).toEqual({
      operation: 'ListTables',
      durationMs: 0,
      statusCode: 400,
      errorName: 'InvalidSignatureException',
      requestId: expect.any(String) as string,
    })
    expect(seen).toEqual([])
  })

  it('are those of the bytes that were sent, before they are inflated', async () => {
    const coding = { 'content-encoding': 'gzip' }
    const coded = signed('DynamoDB_20120810.ListTables', gzipSync('{}'), coding)
    expect((await answerTo(coded)).text).toBe('200 {}')
    const { body } = signed('DynamoDB_20120810.ListTables', gzipSync('{"Limit":1}'))
    expect((await answerTo({ ...coded, body })).text).toBe(wrong)
    // Nothing is inflated for a stranger, so that this is no Serialization.
    expect((await answerTo({ ...coded, body: Buffer.from('no gzip') })).text).toBe(wrong)
    const plain = signed('DynamoDB_20120810.ListTables', gzipSync('{}'))
    const headers = { ...plain.headers, ...coding }
    const rawHeaders = Object.entries(headers).flat() as string[]
    expect((await answerTo({ ...plain, headers, rawHeaders })).text).toBe('200 {}')
  })

  it('come after JSON and target, and before types', async () => {
    const broken = signed('DynamoDB_20120810.ListTables', '{')
    expect((await answerTo({ ...broken, headers: { ...broken.headers, host: 'x' } })).text).toBe(
      '400 {"__type":"com.amazon.coral.service#SerializationException"}',
    )
    const nothing = { ...signed('DynamoDB_20120810.Nothing', '{}') }
    expect((await answerTo({ ...nothing, body: Buffer.from('[]') })).text).toBe(
      '400 {"__type":"com.amazon.coral.service#UnknownOperationException"}',
    )
    const wrongType = signed('DynamoDB_20120810.ListTables', '{"Limit":"x"}')
    expect((await answerTo(wrongType)).text).toContain('SerializationException')
    const { body } = wrongType
    expect((await answerTo({ ...signed('DynamoDB_20120810.ListTables', '{}'), body })).text).toBe(
      wrong,
    )
  })

  it('are asked of everybody but for GET and HEAD of the root', async () => {
    const headers = { host: 'localhost', origin: 'http://localhost' }
    const answers: Record<string, string> = {}
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      for (const url of ['/', '/x']) {
        const request = { method, url, headers, body: Buffer.from('') }
        answers[`${method} ${url}`] = (await answerTo(request)).text
      }
    }
    const unknownOperation = '400 {"__type":"com.amazon.coral.service#UnknownOperationException"}'
    const nowhere = '404 <UnknownOperationException/>\n'
    expect(answers).toEqual({
      'GET /': '200 healthy: dynamodb.eu-west-1.amazonaws.com ',
      'HEAD /': '200 ',
      'GET /x': nowhere,
      'HEAD /x': '404 ',
      'OPTIONS /': missing,
      'OPTIONS /x': missing,
      'POST /': unknownOperation,
      'POST /x': unknownOperation,
      ...Object.fromEntries(
        ['PUT', 'DELETE', 'PATCH'].flatMap((method) => [
          [`${method} /`, nowhere],
          [`${method} /x`, nowhere],
        ]),
      ),
    })
  })
})
