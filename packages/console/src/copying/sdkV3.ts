import { toBase64 } from '../values/base64.ts'
import {
  anySecret,
  literal,
  type CopiedRequest,
  type Notation,
  type Place,
} from './copiedRequest.ts'

/** How JavaScript writes values. A member `__proto__` is one like all others. */
export const javascript: Notation = {
  words: { null: 'null', true: 'true', false: 'false' },
  bytes: (bytes) => `Buffer.from('${toBase64(bytes)}', 'base64')`,
  name(name) {
    if (name === '__proto__') return `['${name}']`
    return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
  },
}

/** What makes a client of the AWS SDK for JavaScript v3. */
export function sdkClientText({ endpoint, region, accessKeyId }: Place): string {
  const credentials = accessKeyId && { accessKeyId, secretAccessKey: anySecret }
  return `new DynamoDBClient(${literal({ endpoint, region, credentials }, javascript, '')})`
}

/** What prints a value with all that is within. */
export const printed = (value: string): string => `console.dir(${value}, { depth: null })`

/** A request as a module of JavaScript with the AWS SDK v3. */
export function sdkV3Text({ operation, input }: CopiedRequest, place: Place): string {
  const command = `${operation}Command`
  return `import { DynamoDBClient, ${command} } from '@aws-sdk/client-dynamodb'

const client = ${sdkClientText(place)}

const output = await client.send(
  new ${command}(${literal(input as Record<string, never>, javascript, '  ')}),
)
${printed('output')}
`
}
