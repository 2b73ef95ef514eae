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

export const itemsTable = {
  TableName: 'Items',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
