import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dynamodbCodec } from '../wire/dynamodbCodec.ts'
import { namesOf, type NamedResource } from './namedResources.ts'
import { dynamodb, dynamodbStreams } from './registry.ts'

interface ShapeReference {
  readonly shape: string
}

interface Shape {
  readonly type: string
  readonly members?: Readonly<Record<string, ShapeReference>>
  readonly member?: ShapeReference
  readonly key?: ShapeReference
  readonly value?: ShapeReference
}

interface Model {
  readonly metadata: { readonly targetPrefix: string }
  readonly operations: Readonly<Record<string, { readonly input: ShapeReference }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const file = new URL('../../model/dynamodb.json', import.meta.url)
const model = JSON.parse(readFileSync(file, 'utf8')) as Model

/** The shapes of what names a table. */
const tableShapes = ['TableName', 'TableArn', 'ResourceArnString']

/** Members of these shapes that name no table that is read, written or changed. */
const exceptions: readonly string[] = [
  // A place among the names of tables; there need not be a table of that name.
  'ExclusiveStartTableName',
  // A table of another Region: the operation is refused.
  'GlobalTableSourceArn',
]

/** A request that has every member that its shapes have; each table in it has a name of its own. */
class FullRequest {
  readonly tables: string[] = []
  readonly request: Record<string, unknown>

  constructor(operation: string) {
    const input = model.operations[operation]?.input.shape as string
    this.request = this.#fill(input, '') as Record<string, unknown>
  }

  #fill(shapeName: string, member: string): unknown {
    if (shapeName === 'AttributeValue') return { S: 's' }
    const shape = model.shapes[shapeName] as Shape
    switch (shape.type) {
      case 'structure':
        return Object.fromEntries(
          Object.entries(shape.members ?? {}).map(([name, of]) => [
            name,
            this.#fill(of.shape, name),
          ]),
        )
      case 'list':
        return [0, 1].map(() => this.#fill((shape.member as ShapeReference).shape, member))
      case 'map':
        return Object.fromEntries(
          [0, 1].map((i) => [
            this.#named((shape.key as ShapeReference).shape, member) ?? `key${i}`,
            this.#fill((shape.value as ShapeReference).shape, member),
          ]),
        )
      default:
        return this.#named(shapeName, member) ?? 'text'
    }
  }

  #named(shapeName: string, member: string): string | undefined {
    if (shapeName === 'PartiQLStatement') return `SELECT * FROM ${this.#nameTable()}`
    if (!tableShapes.includes(shapeName) || exceptions.includes(member)) return undefined
    return this.#nameTable()
  }

  #nameTable(): string {
    const name = `Table${this.tables.length}`
    this.tables.push(name)
    return name
  }
}

function resourcesOf(operation: string, request: object): readonly NamedResource[] {
  const found = dynamodb.operations.find(({ name }) => name === operation)
  return found?.resources(request as never) ?? []
}

describe('the operations of DynamoDB', () => {
  const names = dynamodb.operations.map(({ name }) => name)

  it("are the model's, each once", () => {
    expect(names.filter((name) => !dynamodbCodec.operationNames().has(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
    expect(dynamodbCodec.targetPrefix).toBe(model.metadata.targetPrefix)
  })

  it('say what they do', () => {
    const byAccess: Record<string, string[]> = {}
    for (const { name, access } of dynamodb.operations) (byAccess[access] ??= []).push(name)
    expect(byAccess).toEqual({
      read: ['BatchGetItem', 'GetItem', 'Query', 'Scan', 'SearchVectors', 'TransactGetItems'],
      write: [
        'BatchExecuteStatement',
        'BatchWriteItem',
        'DeleteItem',
        'ExecuteStatement',
        'ExecuteTransaction',
        'PutItem',
        'TransactWriteItems',
        'UpdateItem',
      ],
      describe: [
        'DescribeContinuousBackups',
        'DescribeEndpoints',
        'DescribeLimits',
        'DescribeTable',
        'DescribeTableReplicaAutoScaling',
        'DescribeTimeToLive',
        'GetResourcePolicy',
        'ListTables',
        'ListTagsOfResource',
      ],
      control: [
        'CreateTable',
        'DeleteResourcePolicy',
        'DeleteTable',
        'PutResourcePolicy',
        'TagResource',
        'UntagResource',
        'UpdateTable',
        'UpdateTableReplicaAutoScaling',
        'UpdateTimeToLive',
      ],
    })
  })

  it.each(names)('%s finds every table that its request names', (name) => {
    const { tables, request } = new FullRequest(name)
    expect(namesOf(resourcesOf(name, request)).sort()).toEqual([...tables].sort())
    const mayNameNone = /^(Describe(Endpoints|Limits)|ListTables)$/.test(name)
    expect(tables.length > 0).toBe(!mayNameNone)
  })

  it.each(names)('%s finds nothing in a request that lacks all members', (name) => {
    expect(resourcesOf(name, {})).toEqual([])
  })

  it('name an index where they read one', () => {
    const request = { TableName: 'T', IndexName: 'I' }
    for (const operation of ['Query', 'Scan']) {
      expect(resourcesOf(operation, request)).toEqual([{ kind: 'index', table: 'T', index: 'I' }])
      expect(resourcesOf(operation, { TableName: 'T' })).toEqual([{ kind: 'table', table: 'T' }])
    }
  })
})

describe('the operations of DynamoDB Streams', () => {
  const { operations, codec } = dynamodbStreams

  it("are the model's, all of them, each once", () => {
    const names = operations.map(({ name }) => name)
    expect(names.toSorted()).toEqual([...codec.operationNames()].sort())
    expect(codec.targetPrefix).toBe('DynamoDBStreams_20120810')
  })

  it('say what they do and what they are about', () => {
    const stream = 'arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/label'
    const request = { TableName: 'T', StreamArn: stream, ShardIterator: `${stream}|1|AAAA` }
    const ofStream = [{ kind: 'stream', stream }]
    expect(
      operations.map(({ name, access, resources }) => [
        name,
        access,
        resources(request as never),
        resources({} as never),
      ]),
    ).toEqual([
      ['DescribeStream', 'describe', ofStream, []],
      ['GetRecords', 'read', ofStream, []],
      ['GetShardIterator', 'read', ofStream, []],
      ['ListStreams', 'describe', [{ kind: 'table', table: 'T' }], []],
    ])
  })
})
