import { describe, expect, test } from 'vitest'
import { dynamodb } from '../../packages/server/src/operations/registry.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { ExpressionWriter, expressionKinds } from './expressionWriter.ts'
import { hostileRequest } from './hostileMix.ts'
import { oddMessages } from './oddMessages.ts'
import { soundRequests } from './soundRequests.ts'
import { fuzzedRequests } from './wrongTypes.ts'

test('there is a sound request for every operation of the server', () => {
  const operations = dynamodb.operations.map(({ name }) => name)
  expect(Object.keys(soundRequests).sort()).toEqual(operations.sort())
})

test('odd messages have names of their own', () => {
  expect(new Set(oddMessages.map(({ name }) => name)).size).toBe(oddMessages.length)
})

describe('fuzzedRequests', () => {
  const requests = [...fuzzedRequests()]

  test('change every member of a request, those inside others too', () => {
    const paths = new Set(requests.map(({ operation, path }) => `${operation} ${path}`))
    expect(paths).toContain('PutItem Item.*.M.*.S')
    expect(paths).toContain('BatchGetItem RequestItems.*.Keys.0.*.BS.0')
    expect(paths).toContain('CreateTable GlobalSecondaryIndexes.0.Projection.NonKeyAttributes.0')
    expect(paths).toContain('TransactWriteItems TransactItems.0.Update.UpdateExpression')
    expect(paths.size).toBeGreaterThan(1000)
  })

  test('have their value in its place', () => {
    const found = requests.find(
      ({ path, value, operation }) =>
        operation === 'PutItem' && path === 'Item.*.S' && value === 'true',
    )
    expect(found?.hasWrongType).toBe(true)
    expect(JSON.parse(found?.body ?? '')).toMatchObject({
      TableName: 'Items',
      Item: { id: { S: true } },
    })
  })
})

describe('expressions', () => {
  test('are the same for the same seed', () => {
    const write = (seed: number): unknown[] => {
      const writer = new ExpressionWriter(new SeededRandom(seed))
      return Array.from({ length: 50 }, (_, i) =>
        writer.write(expressionKinds[i % 5] ?? 'UpdateExpression'),
      )
    }
    expect(write(7)).toEqual(write(7))
    expect(write(7)).not.toEqual(write(8))
  })
})

test('no two requests of the mix are alike', () => {
  const random = new SeededRandom(1)
  const texts = Array.from({ length: 5000 }, (_, n) => hostileRequest(n, random))
  // Those that delete or describe are, for there are few items and one table.
  const others = texts.filter(
    (text) => !/DeleteItem|DescribeTable|Wrong|"id":\{"S":"item/.test(text),
  )
  expect(others.length).toBeGreaterThan(1000)
  expect(new Set(others).size).toBe(others.length)
})
