import { toBase64 } from '../values/base64.ts'
import {
  anySecret,
  isMap,
  membersOf,
  type CopiedRequest,
  type Member,
  type Place,
} from './copiedRequest.ts'

/** A request as a command of the AWS CLI, for a shell of POSIX. */
export function awsCliText({ operation, input }: CopiedRequest, place: Place): string {
  const options = [
    ...membersOf(input).map(([name, value]) => optionText(dashed(name), value)),
    `--endpoint-url ${quoted(place.endpoint)}`,
    `--region ${quoted(place.region)}`,
  ]
  const keys =
    place.accessKeyId === undefined
      ? ''
      : `AWS_ACCESS_KEY_ID=${quoted(place.accessKeyId)} AWS_SECRET_ACCESS_KEY=${anySecret} `
  const lines = options.map((option) => `  ${option}`).join(' \\\n')
  const note = hasBytes(input as Member) ? '# Bytes are base64, as version 2 takes them.\n' : ''
  return `${note}${keys}aws dynamodb ${dashed(operation)} \\\n${lines}\n`
}

function optionText(name: string, value: Member): string {
  if (typeof value === 'boolean') return value ? `--${name}` : `--no-${name}`
  const text = typeof value === 'object' ? JSON.stringify(asJson(value)) : String(value)
  return `--${name} ${quoted(text)}`
}

const hasBytes = (value: Member): boolean =>
  value instanceof Uint8Array ||
  (Array.isArray(value) && value.some((each: Member) => hasBytes(each))) ||
  (isMap(value) && membersOf(value).some(([, each]) => hasBytes(each)))

/** Bytes are base64 in JSON that the CLI reads. */
function asJson(value: Member): unknown {
  if (value instanceof Uint8Array) return toBase64(value)
  if (Array.isArray(value)) return value.map((each: Member) => asJson(each))
  if (!isMap(value)) return value
  return Object.fromEntries(membersOf(value).map(([name, each]) => [name, asJson(each)]))
}

/** `ExpressionAttributeNames` as `expression-attribute-names`. */
const dashed = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  if (/^[A-Za-z0-9_./:-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
