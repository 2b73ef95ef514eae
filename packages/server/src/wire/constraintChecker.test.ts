import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { dynamodbCodec } from './dynamodbCodec.ts'
import { dynamodbOverrides } from './dynamodbOverrides.ts'
import { constraintsOf } from './scalarConstraints.ts'
import { ServiceModel } from './serviceModel.ts'

const { enumOrders, lateMembers, memberOrders } = dynamodbOverrides
const model = new ServiceModel('dynamodb.json')

function check(operation: string, request: unknown): string | undefined {
  const text = JSON.stringify(request)
  try {
    dynamodbCodec.check(operation, dynamodbCodec.decode(operation, text), text.length)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).kind.name).toBe('ValidationException')
    return (error as ApiError).message
  }
}

function one(failure: string): string {
  return `1 validation error detected: ${failure}`
}

const notNull = 'failed to satisfy constraint: Member must not be null'

describe('required members', () => {
  it('names the missing member', () => {
    expect(check('Query', {})).toBe(one(`Value null at 'tableName' ${notNull}`))
    expect(check('Query', { TableName: null })).toBe(one(`Value null at 'tableName' ${notNull}`))
  })

  it('aggregates in an order of its own for each structure', () => {
    expect(check('PutItem', {})).toBe(
      `2 validation errors detected: Value null at 'tableName' ${notNull}; ` +
        `Value null at 'item' ${notNull}`,
    )
  })

  it('looks into lists and maps', () => {
    const transactItems = [
      { Put: { TableName: 'tab', Item: {} } },
      { Update: { TableName: 'tab' } },
    ]
    expect(check('TransactWriteItems', { TransactItems: transactItems })).toBe(
      '2 validation errors detected: ' +
        `Value null at 'transactItems.2.member.update.key' ${notNull}; ` +
        `Value null at 'transactItems.2.member.update.updateExpression' ${notNull}`,
    )
    expect(check('BatchWriteItem', { RequestItems: { t: [{ PutRequest: {} }] } })).toBe(
      one(`Value null at 'requestItems.t.member.1.member.putRequest.item' ${notNull}`),
    )
    expect(check('BatchGetItem', { RequestItems: { 'a.b': {} } })).toBe(
      one(`Value null at 'requestItems.a.b.member.keys' ${notNull}`),
    )
  })

  it('has words of its own for tables and for batches', () => {
    expect(check('CreateTable', { BillingMode: 'x' })).toBe(
      "The parameter 'TableName' is required but was not present in the request",
    )
    for (const operation of ['DeleteTable', 'DescribeTable', 'UpdateTable']) {
      expect(check(operation, {})).toBe(
        "The parameter 'TableName' is required but was not present in the request",
      )
    }
    for (const operation of ['BatchGetItem', 'BatchWriteItem']) {
      const text = `The requestItems parameter is required for ${operation}`
      expect(check(operation, {})).toBe(text)
      expect(check(operation, { RequestItems: {} })).toBe(text)
    }
  })
})

describe('strings and numbers', () => {
  const tooShort = 'Member must have length greater than or equal to 3'
  const tooLong = 'Member must have length less than or equal to 255'
  const misspelt = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'
  const failures = (name: string, ...constraints: string[]): string => {
    const noun = constraints.length === 1 ? 'error' : 'errors'
    const entries = constraints.map(
      (text) => `Value '${name}' at 'tableName' failed to satisfy constraint: ${text}`,
    )
    return `${constraints.length} validation ${noun} detected: ${entries.join('; ')}`
  }
  const key = { a: { S: 'x' } }

  it.each([
    ['GetItem', { Key: key }],
    ['CreateTable', {}],
    ['DescribeTable', {}],
    ['UpdateTable', {}],
    ['DeleteTable', {}],
  ])('%s holds names of tables to their length and pattern', (operation, more) => {
    const checkName = (TableName: string) => check(operation, { ...more, TableName })
    expect(checkName('abc')).toBe(undefined)
    expect(checkName('a'.repeat(255))).toBe(undefined)
    expect(checkName('ab')).toBe(failures('ab', tooShort))
    expect(checkName('a'.repeat(256))).toBe(failures('a'.repeat(256), tooLong))
    expect(checkName('bad name')).toBe(failures('bad name', misspelt))
    expect(checkName('abc\n')).toBe(failures('abc\n', misspelt))
    expect(checkName('x!')).toBe(failures('x!', tooShort, misspelt))
  })

  it('holds ARNs of tables to their length alone', () => {
    const arn = 'arn:'.padEnd(1024, '!')
    expect(check('GetItem', { TableName: arn, Key: key })).toBe(undefined)
    expect(check('GetItem', { TableName: `${arn}!`, Key: key })).toBe(
      failures(`${arn}!`, 'Member must have length less than or equal to 1024'),
    )
  })

  it('finds an empty name too short, and without pattern on the control plane alone', () => {
    expect(check('GetItem', { TableName: '', Key: key })).toBe(
      failures('', 'Member must have length greater than or equal to 1'),
    )
    expect(check('DescribeTable', { TableName: '' })).toBe(failures('', tooShort, misspelt))
    expect(check('CreateTable', { TableName: '' })).toBe(failures('', tooShort, misspelt))
  })

  it('prints the limits of Scan with the value and that of Query without', () => {
    const constraint =
      'failed to satisfy constraint: Member must have value greater than or equal to 1'
    expect(check('Scan', { TableName: 'tab', Limit: 0 })).toBe(
      one(`Value '0' at 'limit' ${constraint}`),
    )
    expect(check('Query', { TableName: 'tab', Limit: 0 })).toBe(
      one(`Value at 'Limit' ${constraint}`),
    )
    expect(check('Scan', { TableName: 'tab', TotalSegments: 1_000_001, Segment: -1 })).toBe(
      "2 validation errors detected: Value '1000001' at 'totalSegments' failed to satisfy " +
        'constraint: Member must have value less than or equal to 1000000; ' +
        "Value '-1' at 'segment' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 0',
    )
  })

  it('keeps nothing that AWS prints last from being printed at most ten times', () => {
    const transactItems = Array.from({ length: 20 }, () => ({ Get: { TableName: 'tab' } }))
    const text = check('TransactGetItems', { TransactItems: transactItems })
    expect(text).toMatch(/^10 validation errors detected: /)
    expect(text?.split('; ')).toHaveLength(10)
    expect(text).toContain("'transactItems.10.member.get.key'")
  })

  it('cuts values that are too long for a message', () => {
    const token = 'x'.repeat(100_000)
    const text = check('TransactWriteItems', { TransactItems: [{}], ClientRequestToken: token })
    expect(text?.length).toBeLessThan(9000)
    expect(text).toContain("xxx...' at 'clientRequestToken'")
  })

  it('cuts places whose names are too long for a message, each time', () => {
    const name = 'n'.repeat(100_000)
    const Keys = Array.from({ length: 20 }, () => ({ [name]: {} }))
    const text = check('BatchGetItem', { RequestItems: { ['t'.repeat(100_000)]: { Keys } } })
    expect(text).toMatch(/^10 validation errors detected: /)
    expect(text?.length).toBeLessThan(10 * 17_000)
    expect(text).toContain("at 'requestItems.ttt")
  })
})

describe('enumerations', () => {
  function enumText(operation: string, member: string, value = 'BOGUS'): string | undefined {
    const request = {
      TableName: 'abc',
      Item: {},
      Key: {},
      TransactItems: [{}],
      [member]: value,
    }
    return check(operation, request)
  }

  it.each([
    ['PutItem', 'ReturnConsumedCapacity', 'INDEXES, TOTAL, NONE'],
    ['PutItem', 'ReturnItemCollectionMetrics', 'SIZE, NONE'],
    ['PutItem', 'ReturnValues', 'ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW'],
    ['Query', 'Select', 'SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES'],
    ['CreateTable', 'BillingMode', 'PROVISIONED, PAY_PER_REQUEST'],
    ['PutItem', 'ConditionalOperator', 'OR, AND'],
    ['CreateTable', 'TableThroughputMode', 'PROVISIONED, PAY_PER_REQUEST'],
    ['UpdateTable', 'TableThroughputMode', 'PROVISIONED, PAY_PER_REQUEST'],
  ])('%s prints the values of %s', (operation, member, values) => {
    const path = member.charAt(0).toLowerCase() + member.slice(1)
    expect(enumText(operation, member)).toBe(
      one(
        `Value 'BOGUS' at '${path}' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: [${values}]`,
      ),
    )
    for (const value of values.split(', ')) {
      expect(enumText(operation, member, value)).toBe(undefined)
    }
  })

  it('prints those of keys, attributes, projections and comparisons', () => {
    const constraint = 'failed to satisfy constraint: Member must satisfy enum value set:'
    const schema = [{ AttributeName: 'a', KeyType: 'x' }]
    expect(check('CreateTable', { TableName: 'abc', KeySchema: schema })).toBe(
      one(`Value 'x' at 'keySchema.1.member.keyType' ${constraint} [HASH, RANGE]`),
    )
    const definitions = [{ AttributeName: 'a', AttributeType: 'BOOL' }]
    expect(check('CreateTable', { TableName: 'abc', AttributeDefinitions: definitions })).toBe(
      one(`Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' ${constraint} [B, N, S]`),
    )
    const index = { IndexName: 'abc', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }] }
    const indexes = [{ ...index, Projection: { ProjectionType: 'x' } }]
    expect(check('CreateTable', { TableName: 'abc', LocalSecondaryIndexes: indexes })).toBe(
      one(
        "Value 'x' at 'localSecondaryIndexes.1.member.projection.projectionType' " +
          `${constraint} [ALL, INCLUDE, KEYS_ONLY]`,
      ),
    )
    const filter = { a: { ComparisonOperator: 'x' } }
    expect(check('Scan', { TableName: 'tab', ScanFilter: filter })).toBe(
      one(
        `Value 'x' at 'scanFilter.a.member.comparisonOperator' ${constraint} [IN, NULL, BETWEEN, ` +
          'LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]',
      ),
    )
  })

  it('reorders no value away', () => {
    for (const name of enumOrders.keys()) {
      const [constraint] = constraintsOf(model.shapeOf(name), enumOrders.get(name))
      const printed = /\[(.*)\]/.exec(constraint?.text ?? '')?.[1]?.split(', ')
      expect(printed?.sort()).toEqual([...(model.shapeOf(name).enum as string[])].sort())
    }
  })
})

describe('transactions', () => {
  it('reports tokens and modes before the items, in that order', () => {
    const token = 't'.repeat(37)
    const request = {
      TransactItems: [],
      ReturnItemCollectionMetrics: 'B',
      ReturnConsumedCapacity: 'A',
      ClientRequestToken: token,
    }
    const failed = 'failed to satisfy constraint: Member must'
    expect(check('TransactWriteItems', request)).toBe(
      `4 validation errors detected: Value '${token}' at 'clientRequestToken' ` +
        `${failed} have length less than or equal to 36; ` +
        `Value 'A' at 'returnConsumedCapacity' ${failed} satisfy enum value set: ` +
        '[INDEXES, TOTAL, NONE]; ' +
        `Value 'B' at 'returnItemCollectionMetrics' ${failed} satisfy enum value set: ` +
        '[SIZE, NONE]; ' +
        `Value '[]' at 'transactItems' ${failed} have length greater than or equal to 1`,
    )
  })

  it('dumps too many items', () => {
    const item = { Get: { TableName: 'tab', Key: {} } }
    const request = { TransactItems: Array.from({ length: 101 }, () => item) }
    const dump = Array.from(
      { length: 101 },
      () => 'TransactGetItem(get=Get(tableName=tab, key={}))',
    ).join(', ')
    expect(check('TransactGetItems', request)).toBe(
      one(
        `Value '[${dump}]' at 'transactItems' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 100',
      ),
    )
    expect(check('TransactGetItems', { TransactItems: request.TransactItems.slice(1) })).toBe(
      undefined,
    )
  })
})

describe('maps', () => {
  it('reports lists of writes at their map', () => {
    const writes = Array.from({ length: 26 }, () => ({ PutRequest: { Item: {} } }))
    const text = check('BatchWriteItem', { RequestItems: { Tab: writes } })
    const dump = writes.map(() => 'WriteRequest(putRequest=PutRequest(item={}))').join(', ')
    expect(text).toBe(
      one(
        `Value '{Tab=[${dump}]}' at 'requestItems' failed to satisfy constraint: ` +
          'Map value must satisfy constraint: [Member must have length less than or equal to 25, ' +
          'Member must have length greater than or equal to 1]',
      ),
    )
    expect(check('BatchWriteItem', { RequestItems: { Tab: writes.slice(1) } })).toBe(undefined)
    expect(check('BatchWriteItem', { RequestItems: { Tab: [], Use: [] } })).toContain(
      "Value '{Tab=[], Use=[]}' at 'requestItems' failed to satisfy constraint: Map value must",
    )
  })

  it('reports too many keys of a batch read, and none, in the newer form', () => {
    const keys = Array.from({ length: 101 }, () => ({ a: { S: 'x' } }))
    expect(check('BatchGetItem', { RequestItems: { Tab: { Keys: keys } } })).toBe(
      one(
        "Value at 'RequestItems.Tab.member.Keys' failed to satisfy constraint: " +
          'Member must have length less than or equal to 100',
      ),
    )
    expect(check('BatchGetItem', { RequestItems: { Tab: { Keys: keys.slice(1) } } })).toBe(
      undefined,
    )
    expect(check('BatchGetItem', { RequestItems: { Tab: { Keys: [] } } })).toBe(
      one(
        "Value at 'RequestItems.Tab.member.Keys' failed to satisfy constraint: " +
          'Member must have length greater than or equal to 1',
      ),
    )
  })

  const nameConstraints =
    'Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
    'Member must have length greater than or equal to 3, ' +
    'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]'
  const badRead = { 'bad!name': { Keys: [{ pk: { S: 'a' } }] }, '': { Keys: [{}] } }
  const badWrite = { 'bad!name': [{ PutRequest: { Item: { pk: { S: 'a' } } } }] }
  const noUnits =
    "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy " +
    'enum value set: [INDEXES, TOTAL, NONE]'

  it('reports the names of a batch read first, once and as JSON', () => {
    const failure =
      'Value \'{"bad!name":{"Keys":[{"pk":{"S":"a"}}]},"":{"Keys":[{}]}}\' at ' +
      `'requestItems' failed to satisfy constraint: ${nameConstraints}`
    expect(check('BatchGetItem', { RequestItems: badRead })).toBe(one(failure))
    const unclear = { RequestItems: badRead, ReturnConsumedCapacity: 'BOGUS' }
    expect(check('BatchGetItem', unclear)).toBe(
      `2 validation errors detected: ${failure}; ${noUnits}`,
    )
  })

  it('reports the names of a batch write when nothing else is wrong', () => {
    expect(check('BatchWriteItem', { RequestItems: badWrite })).toBe(
      one(
        "Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=a)}))]}' " +
          `at 'requestItems' failed to satisfy constraint: ${nameConstraints}`,
      ),
    )
    const unclear = { RequestItems: badWrite, ReturnConsumedCapacity: 'BOGUS' }
    expect(check('BatchWriteItem', unclear)).toBe(one(noUnits))
  })

  it('takes ARNs as names of a batch', () => {
    const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Tab'
    expect(check('BatchGetItem', { RequestItems: { [arn]: { Keys: [{}] } } })).toBe(undefined)
    const writes = [{ PutRequest: { Item: {} } }]
    expect(check('BatchWriteItem', { RequestItems: { [arn]: writes } })).toBe(undefined)
  })

  it('finds attribute names that are too long, at any level', () => {
    const long = 'n'.repeat(65_536)
    const constraint =
      'failed to satisfy constraint: Map keys must satisfy constraint: ' +
      '[Member must have length less than or equal to 65535]'
    const nested = { a: { L: [{ M: { [long]: { S: '' } } }] } }
    expect(check('PutItem', { TableName: 'tab', Item: { [long]: { S: '' } } })).toContain(
      `at 'item' ${constraint}`,
    )
    expect(check('PutItem', { TableName: 'tab', Item: nested })).toContain(
      `at 'item.a.member.l.1.member.m' ${constraint}`,
    )
    expect(check('PutItem', { TableName: 'tab', Item: { [long.slice(1)]: { S: '' } } })).toBe(
      undefined,
    )
  })
})

describe('vector indexes', () => {
  const vector = { IndexName: 'vec', VectorAttribute: { AttributeName: 'e' }, Projection: {} }
  const table = { TableName: 'Tab', AttributeDefinitions: [], KeySchema: [] }

  it('are held to the model', () => {
    const index = { ...vector, Dimensions: 0, DistanceFunction: 'COSINE' }
    expect(check('CreateTable', { ...table, VectorIndexes: [index] })).toContain(
      "Value '0' at 'vectorIndexes.1.member.dimensions' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    )
    const unknown = { ...vector, Dimensions: 1, DistanceFunction: 'x' }
    expect(check('CreateTable', { ...table, VectorIndexes: [unknown] })).toContain(
      "Value 'x' at 'vectorIndexes.1.member.distanceFunction' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [COSINE, DOT_PRODUCT, EUCLIDEAN]',
    )
  })

  it('are reported behind other indexes', () => {
    const request = {
      TableName: 'Tab',
      VectorIndexUpdates: [{ Create: { ...vector, DistanceFunction: 'COSINE' } }],
      GlobalSecondaryIndexUpdates: [{ Delete: {} }],
    }
    expect(check('UpdateTable', request)).toBe(
      '2 validation errors detected: ' +
        `Value null at 'globalSecondaryIndexUpdates.1.member.delete.indexName' ${notNull}; ` +
        `Value null at 'vectorIndexUpdates.1.member.create.dimensions' ${notNull}`,
    )
  })
})

describe('the whole model', () => {
  it('compiles for every operation and lets no empty request crash it', () => {
    for (const operation of model.operationNames()) {
      const text = check(operation, {})
      if (text !== undefined) expect(text).toMatch(/detected: |is required|missing field/)
    }
  })

  it('compiles every pattern', () => {
    expect(check('DescribeImport', { ImportArn: 'x' })).toContain('greater than or equal to 37')
    expect(check('ListImports', { NextToken: '0123456789abcdef'.repeat(7) })).toBe(undefined)
    expect(check('ListImports', { NextToken: '0123456789abcdeg'.repeat(7) })).toContain(
      'Member must satisfy regular expression pattern: ([0-9a-f]{16})+',
    )
    const policy = (name: string, role: string) => ({
      TableName: 'tab',
      ProvisionedWriteCapacityAutoScalingUpdate: {
        AutoScalingRoleArn: role,
        ScalingPolicyUpdate: {
          PolicyName: name,
          TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 },
        },
      },
    })
    const operation = 'UpdateTableReplicaAutoScaling'
    expect(check(operation, policy('a b', 'role 😀\n'))).toBe(undefined)
    expect(check(operation, policy('a\n', 'role'))).toContain('pattern: \\p{Print}+')
    expect(check(operation, policy('a', '\u0000'))).toContain("autoScalingRoleArn' failed")
  })
})

it('overrides members that the model has', () => {
  for (const [structure, members] of memberOrders) {
    expect(Object.keys(model.shapeOf(structure).members ?? {})).toEqual(
      expect.arrayContaining([...members]),
    )
  }
  for (const qualifiedName of lateMembers) {
    const [structure, member] = qualifiedName.split('.') as [string, string]
    expect(Object.keys(model.shapeOf(structure).members ?? {})).toContain(member)
  }
})
