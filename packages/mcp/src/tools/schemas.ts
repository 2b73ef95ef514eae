import type { ObjectSchema } from './tool.ts'

/* The schemas of the members of requests. Their rules are the database's. */

export const text = (description: string): object => ({ type: 'string', description })
export const flag = (description: string): object => ({ type: 'boolean', description })
export const whole = (description: string): object => ({ type: 'integer', minimum: 1, description })
export const record = (description: string): object => ({
  type: 'object',
  additionalProperties: true,
  description,
})
export const list = (description: string, items: object = { type: 'object' }): object => ({
  type: 'array',
  items,
  description,
})

export const tableName: object = text('Name or ARN of the table.')
export const key: object = record('The primary key, in DynamoDB JSON: {"id": {"S": "1"}}.')
export const item: object = record(
  'The item, in DynamoDB JSON: {"id": {"S": "1"}, "n": {"N": "2"}}.',
)

/** What expressions of every kind have. */
export const placeholders: Readonly<
  Record<'ExpressionAttributeNames' | 'ExpressionAttributeValues', object>
> = {
  ExpressionAttributeNames: record('Names for #placeholders.'),
  ExpressionAttributeValues: record('Values for :placeholders, in DynamoDB JSON.'),
}

/** A request with `properties`, of which `required` must be there. */
export const request = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
): ObjectSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: true,
})
