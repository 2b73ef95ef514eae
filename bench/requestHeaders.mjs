import { createHash, createHmac } from 'node:crypto'

const signedHeaders = [
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'content-length',
  'content-type',
  'host',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-target',
  'x-amz-user-agent',
]

/** The key of the servers that verify signatures; theirs and ours, from the environment. */
function signingKey() {
  const { DYNATOM_ACCESS_KEY_ID: accessKeyId, DYNATOM_SECRET_ACCESS_KEY: secret } = process.env
  return accessKeyId === undefined ? undefined : { accessKeyId, secret }
}

/**
 * The headers that the AWS SDK for JavaScript v3 sends, in its order and with its lengths. The
 * signature is well formed but not true, for the servers are measured without authentication,
 * unless there is a {@link signingKey} and a `message` to sign: `host` and `body`, and `length` if
 * its header is to be signed too.
 */
export function requestHeaders(operation, message) {
  const date = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const key = message === undefined ? undefined : signingKey()
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
    'x-amz-user-agent': 'aws-sdk-js/3.1161.0',
    'user-agent':
      'aws-sdk-js/3.1161.0 ua/2.1 os/linux#6.18.44 lang/js md/nodejs#20.20.2 ' +
      'api/dynamodb#3.1161.0 m/N,E,P,e',
    'amz-sdk-invocation-id': '14de8ae5-eecd-44dc-bf56-9fff69b8be66',
    'amz-sdk-request': 'attempt=1; max=4',
    'x-amz-date': date,
    'x-amz-content-sha256':
      key === undefined ? '0123456789abcdef'.repeat(4) : digestOf(message.body),
  }
  const scope = `${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`
  const names = signedHeaders.filter((name) => key === undefined || isSent(name, message))
  const signature =
    key === undefined
      ? 'fedcba9876543210'.repeat(4)
      : signatureOf({ headers, names, message, date, scope, secret: key.secret })
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${key?.accessKeyId ?? 'AKIDEXAMPLE'}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}

const isSent = (name, { length }) => name !== 'content-length' || length !== undefined

function signatureOf({ headers, names, message, date, scope, secret }) {
  const { host, length, body } = message
  const values = { ...headers, host, 'content-length': length }
  const lines = names.map((name) => `${name}:${values[name]}`)
  const canonical = ['POST', '/', '', ...lines, '', names.join(';'), digestOf(body)].join('\n')
  const text = ['AWS4-HMAC-SHA256', date, scope, digestOf(canonical)].join('\n')
  const key = scope.split('/').reduce(hmac, `AWS4${secret}`)
  return hmac(key, text).toString('hex')
}

const digestOf = (text) => createHash('sha256').update(text).digest('hex')
const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
