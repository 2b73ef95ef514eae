import { gzipSync } from 'node:zlib'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { requestText } from '../../packages/server/src/testing/rawExchange.ts'

/*
 * Requests that no two of are alike, of every kind that might leave something behind in a server: texts that
 * could be remembered, names that could be looked up, faults half-way, tables that come and go. What they
 * write stays within a few items, so the store does not grow.
 */

/** How many items the mix writes to. */
const itemCount = 50
const TableName = 'Items'

type Kind = (n: number, random: SeededRandom) => string

const operation =
  (name: string, body: (n: number, random: SeededRandom) => object | string): Kind =>
  (n, random) => {
    const request = body(n, random)
    return requestText(
      name,
      typeof request === 'string' ? request : asAscii(JSON.stringify(request)),
    )
  }

/** JSON with escapes in place of what needs more than one byte. */
function asAscii(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const keyOf = (n: number): object => ({ id: { S: `item ${n % itemCount}` } })
const values = (n: number): object => ({ ExpressionAttributeValues: { [`:v${n}`]: { N: `${n}` } } })
const names = (n: number): object => ({ ExpressionAttributeNames: { [`#n${n}`]: `name${n}` } })

const sound: readonly Kind[] = [
  operation('PutItem', (n) => ({
    TableName,
    Item: { ...keyOf(n), [`a${n}`]: { S: 'x'.repeat(n % 500) } },
  })),
  operation('GetItem', (n) => ({
    TableName,
    Key: keyOf(n),
    ProjectionExpression: `a${n}, b${n}[${n}].c`,
  })),
  operation('UpdateItem', (n) => ({
    TableName,
    Key: keyOf(n),
    UpdateExpression: `SET #n${n} = :v${n}`,
    ...names(n),
    ...values(n),
  })),
  operation('DeleteItem', (n) => ({ TableName, Key: keyOf(n) })),
  operation('Query', (n) => ({
    TableName,
    KeyConditionExpression: `id = :v${n}`,
    ExpressionAttributeValues: { [`:v${n}`]: { S: `item ${n}` } },
  })),
  operation('Scan', (n) => ({
    TableName,
    FilterExpression: `a${n} < :v${n}`,
    Limit: 3,
    ...values(n),
  })),
  operation('BatchWriteItem', (n) => ({
    RequestItems: {
      [TableName]: [{ PutRequest: { Item: { ...keyOf(n), [`b${n}`]: { L: [{ N: `${n}` }] } } } }],
    },
  })),
  operation('DescribeTable', () => ({ TableName })),
]

const refused: readonly Kind[] = [
  operation('PutItem', (n) => `{"TableName":"Items","Item":{"id":{"S":"${n}"`),
  operation('PutItem', (n) => ({ TableName, Item: { id: { N: `${n}` } } })),
  operation('PutItem', (n) => ({ TableName, Item: { ...keyOf(n), a: { N: `${n}x` } } })),
  operation('PutItem', (n) => ({ TableName, [`Item${n}`]: {}, Item: [n] })),
  operation('PutItem', (n) => ({
    TableName,
    Item: keyOf(n),
    ConditionExpression: `a${n} = b${n}`,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })),
  operation('UpdateItem', (n) => ({
    TableName,
    Key: keyOf(n),
    UpdateExpression: `SET a${n} = b${n}`,
  })),
  operation('UpdateItem', (n) => ({
    TableName,
    Key: keyOf(n),
    UpdateExpression: `SET a${n} == ${n}`,
  })),
  operation('Scan', (n) => ({ TableName, FilterExpression: `${'('.repeat(n % 100)}f${n}(a)` })),
  operation('GetItem', (n) => ({ TableName: `Absent${n}`, Key: keyOf(n) })),
  operation('GetItem', (n) => ({ TableName, Key: { [`key${n}`]: { S: 'x' } } })),
  operation('TransactWriteItems', (n) => ({
    ClientRequestToken: `token ${n}`,
    TransactItems: [
      { Put: { TableName, Item: keyOf(n) } },
      { ConditionCheck: { TableName, Key: keyOf(n + 1), ConditionExpression: `a${n} = b${n}` } },
    ],
  })),
  operation('TransactGetItems', (n) => ({
    TransactItems: [{ Get: { TableName: `Absent${n}`, Key: keyOf(n) } }],
  })),
  operation('ListTables', (n) => ({ Limit: -n, ExclusiveStartTableName: `${n}` })),
  operation('DeleteTable', (n) => ({ TableName: `Absent${n}` })),
  operation('CreateTable', (n) => ({ TableName: `Wrong${n}`, KeySchema: [] })),
]

const odd: readonly Kind[] = [
  (n) => requestText(`Operation${n}`, '{}'),
  (n) => requestText('ListTables', '{}', { authorization: `AWS4-HMAC-SHA256 Credential=${n}` }),
  (n) => requestText('ListTables', '{}', { [`x-header-${n}`]: `${n}`, cookie: `c${n}=${n}` }),
  (n) => requestText('ListTables', '{}').replace('POST /', `POST /path${n}?query${n}=${n}`),
  (n) => `GET /path/${n} HTTP/1.1\r\nHost: host${n}\r\n\r\n`,
  (n) =>
    `OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: o${n}\r\nAccess-Control-Request-Headers: h${n}\r\n\r\n`,
  (n) => `PUT /${n} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`,
  (n) => {
    const body = gzipSync(
      `{"Limit":${(n % 100) + 1},"Unknown${n}":"${'x'.repeat(1000)}"}`,
    ).toString('latin1')
    return requestText('ListTables', body, { 'content-encoding': 'gzip' })
  },
  (n, random) => {
    const body = Array.from({ length: 50 }, () => String.fromCharCode(random.below(256))).join('')
    return requestText('PutItem', `${body}${n}`)
  },
]

/** The `n`th request of the mix, one byte a character. */
export function hostileRequest(n: number, random: SeededRandom): string {
  const kinds = random.weighted([
    [4, sound],
    [4, refused],
    [2, odd],
  ])
  return random.pick(kinds)(n, random)
}
