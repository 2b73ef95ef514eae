import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { fromBase64 } from './base64.ts'
import { fromDynamodbJson } from './dynamodbJson.ts'
import { JsonFault, parseExactJson } from './exactJson.ts'

/**
 * A value of type `type` from the text that somebody typed: text and numbers as they stand, bytes
 * in base64, `true` or `false`, members of sets line by line, documents as DynamoDB JSON of what is
 * within `L` or `M`. Throws JsonFault. Whether a number is one the database says.
 */
export function operandFrom(type: string, text: string): AttributeValue {
  const lines = (): string[] => text.split('\n').filter((line) => line !== '')
  switch (type) {
    case 'S':
      return { S: text }
    case 'N':
      return { N: text.trim() }
    case 'B':
      return { B: bytesFrom(text) }
    case 'BOOL':
      return { BOOL: text.trim().toLowerCase() === 'true' }
    case 'NULL':
      return { NULL: true }
    case 'SS':
      return { SS: lines() }
    case 'NS':
      return { NS: lines().map((line) => line.trim()) }
    case 'BS':
      return { BS: lines().map(bytesFrom) }
    default:
      return fromDynamodbJson({ [type]: parseExactJson(text) }, type)
  }
}

function bytesFrom(text: string): Uint8Array {
  const bytes = fromBase64(text.trim())
  if (bytes === undefined) throw new JsonFault('Binary values are typed in as base64.')
  return bytes
}
