import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { toDynamodbJson } from './dynamodbJson.ts'
import { writeExactJson } from './exactJson.ts'
import { toPlainJson } from './plainJson.ts'

/** A value for people: its type and its text, numbers with all their digits. */
export interface TypedText {
  readonly type: string
  readonly text: string
}

export function typedText(value: AttributeValue): TypedText {
  const [type = ''] = Object.keys(toDynamodbJson(value) ?? {})
  const isDocument = value.M !== undefined || value.L !== undefined
  const json = isDocument ? documentJson(value) : toPlainJson(value)
  return { type, text: value.S ?? writeExactJson(json, '') }
}

/** The types within a document cannot be told otherwise. */
function documentJson(value: AttributeValue) {
  const json = toDynamodbJson(value)
  const [inner = null] = Object.values(json ?? {})
  return inner
}
