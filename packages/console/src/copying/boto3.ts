import {
  anySecret,
  literal,
  membersOf,
  type CopiedRequest,
  type Notation,
  type Place,
} from './copiedRequest.ts'

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** How Python writes values; its texts take the escapes of JSON. */
const python: Notation = {
  words: { null: 'None', true: 'True', false: 'False' },
  bytes: (bytes) => `bytes.fromhex("${hexOf(bytes)}")`,
  name: (name) => JSON.stringify(name),
}

const methods = {
  Query: 'query',
  Scan: 'scan',
  GetItem: 'get_item',
  PutItem: 'put_item',
  UpdateItem: 'update_item',
} as const

/** A request as a program of Python with boto3. */
export function boto3Text({ operation, input }: CopiedRequest, place: Place): string {
  const keys =
    place.accessKeyId === undefined
      ? ''
      : `    aws_access_key_id=${JSON.stringify(place.accessKeyId)},\n` +
        `    aws_secret_access_key=${JSON.stringify(anySecret)},\n`
  const members = membersOf(input).map(
    ([name, value]) => `    ${name}=${literal(value, python, '    ')},\n`,
  )
  return `import boto3

client = boto3.client(
    "dynamodb",
    endpoint_url=${JSON.stringify(place.endpoint)},
    region_name=${JSON.stringify(place.region)},
${keys})

response = client.${methods[operation]}(
${members.join('')})
print(response)
`
}
