import {
  cancelled,
  constraint,
  invalidValues,
  notValidValues,
  tableDefinition,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

const attribute = (AttributeName: string): object => ({ AttributeName })
const element = (AttributeName: string, SearchSchemaElementType: string): object => ({
  AttributeName,
  SearchSchemaElementType,
})

/** An index of three dimensions, changed by `more`. */
const vectorIndex = (IndexName: string, more: object = {}): object => ({
  IndexName,
  VectorAttribute: attribute('embedding'),
  Dimensions: 3,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'KEYS_ONLY' },
  ...more,
})

const schema = [element('tenant', 'HASH'), element('color', 'INLINE_FILTER')]
const definition = tableDefinition('Vectors', { pk: 'S', tenant: 'S', color: 'S' }, ['pk'])
const plain = tableDefinition('New', { pk: 'S' }, ['pk'])

/** A table with an index of all items, `plain`, and one by tenant, `vix`. */
const created: PreparingCall = [
  'CreateTable',
  {
    ...definition,
    VectorIndexes: [vectorIndex('zvix', { SearchSchema: schema }), vectorIndex('plain')],
  },
]
/** The same with the index by tenant alone. */
export const onlyScoped: PreparingCall = [
  'CreateTable',
  { ...definition, VectorIndexes: [vectorIndex('vix', { SearchSchema: schema })] },
]

/** A row for a section of the digest of vector search. */
export function row(
  source: string,
  [operation, request]: PreparingCall,
  expected: ExpectedError | string,
  setup?: readonly PreparingCall[],
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  const text = { source: `vector ${source}`, quote: '…', operation, request, expected: error }
  return setup === undefined ? text : { ...text, setup }
}

const create = (more: object, expected: ExpectedError | string): ValidationText =>
  row('2', ['CreateTable', { ...plain, ...more }], expected)
const createOne = (more: object, detail: string, table: object = {}): ValidationText =>
  create({ VectorIndexes: [vectorIndex('vix', more)], ...table }, invalidValues + detail)

const many = Array.from({ length: 19 }, (_, i) => `f${i}`)

const definitions: ValidationText[] = [
  create(
    {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      VectorIndexes: [vectorIndex('vix')],
    },
    `${invalidValues}Vector indexes are only supported for PAY_PER_REQUEST tables`,
  ),
  create({ VectorIndexes: [] }, `${invalidValues}List of VectorIndexes is empty`),
  create(
    { VectorIndexes: Array.from({ length: 6 }, (_, i) => vectorIndex(`vix${i}`)) },
    `${invalidValues}VectorIndex count exceeds the per-table limit of 5`,
  ),
  create(
    { VectorIndexes: [vectorIndex('vix', { Dimensions: 0 })] },
    constraint(
      "'0'",
      'vectorIndexes.1.member.dimensions',
      'Member must have value greater than or equal to 1',
    ),
  ),
  createOne({ Dimensions: 4097 }, 'Number of dimensions must be between 1 and 4096 inclusive.'),
  createOne({ Dimensions: 2 ** 40 }, 'Number of dimensions must be between 1 and 4096 inclusive.'),
  create(
    { VectorIndexes: [vectorIndex('vix'), vectorIndex('viy', { Dimensions: 4 })] },
    `${invalidValues}Conflicting attribute definition for 'embedding'. All VectorIndexes on the ` +
      'same vector attribute must use the same dimensions.',
  ),
  createOne(
    { VectorAttribute: attribute('pk') },
    "Conflicting attribute definition for 'pk'. An attribute cannot be defined in " +
      'AttributeDefinitions when used as a VectorAttribute.',
  ),
  createOne(
    { SearchSchema: schema },
    'One element in SearchSchema is not defined in attribute definitions',
  ),
  row(
    '2',
    [
      'CreateTable',
      {
        ...definition,
        VectorIndexes: [
          vectorIndex('vix', {
            SearchSchema: [element('tenant', 'HASH'), element('color', 'HASH')],
          }),
        ],
      },
    ],
    `${invalidValues}Value '2' at 'SearchSchema' failed to satisfy constraint: ` +
      'Member must have HASH count less than or equal to 1',
  ),
  row(
    '2',
    [
      'CreateTable',
      {
        ...definition,
        VectorIndexes: [
          vectorIndex('vix', { SearchSchema: [...schema, element('tenant', 'INLINE_FILTER')] }),
        ],
      },
    ],
    `${invalidValues}SearchSchema contains a duplicate AttributeName`,
  ),
  row(
    '2',
    [
      'CreateTable',
      {
        ...tableDefinition('New', Object.fromEntries(['pk', ...many].map((name) => [name, 'S'])), [
          'pk',
        ]),
        VectorIndexes: [
          vectorIndex('vix', { SearchSchema: many.map((name) => element(name, 'INLINE_FILTER')) }),
        ],
      },
    ],
    `${invalidValues}Value '19' at 'SearchSchema' failed to satisfy constraint: ` +
      'Member must have INLINE_FILTER count less than or equal to 18',
  ),
  create(
    { VectorIndexes: [vectorIndex('vix'), vectorIndex('vix')] },
    `${invalidValues}Duplicate index name: vix`,
  ),
  create(
    { VectorIndexes: [vectorIndex('vix', { DistanceFunction: 'MANHATTAN' })] },
    constraint(
      "'MANHATTAN'",
      'vectorIndexes.1.member.distanceFunction',
      'Member must satisfy enum value set: [COSINE, DOT_PRODUCT, EUCLIDEAN]',
    ),
  ),
  create(
    {
      VectorIndexes: [vectorIndex('vix', { SearchSchema: [element('pk', 'RANGE')] })],
    },
    constraint(
      "'RANGE'",
      'vectorIndexes.1.member.searchSchema.1.member.searchSchemaElementType',
      'Member must satisfy enum value set: [HASH, INLINE_FILTER]',
    ),
  ),
]

const update = (
  more: object,
  expected: ExpectedError | string,
  setup: readonly PreparingCall[] = [created],
): ValidationText => row('2', ['UpdateTable', { TableName: 'Vectors', ...more }], expected, setup)
const change = (...changes: object[]): object => ({ VectorIndexUpdates: changes })
const online =
  'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table'
const limitExceeded: ExpectedError = { __type: 'LimitExceededException', message: online }

const updates: ValidationText[] = [
  update(
    {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    },
    `${invalidValues}Tables with vector indexes must be in PAY_PER_REQUEST mode`,
  ),
  update(
    {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      ...change({ Delete: { IndexName: 'plain' } }),
    },
    `${invalidValues}Tables with vector indexes must be in PAY_PER_REQUEST mode`,
  ),
  update(
    change({ Create: vectorIndex('plain') }),
    'Attempting to create an index which already exists',
  ),
  update(
    {
      AttributeDefinitions: [{ AttributeName: 'tenant', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'plain',
            KeySchema: [{ AttributeName: 'tenant', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    },
    'Attempting to create an index which already exists',
  ),
  update(
    {
      AttributeDefinitions: [{ AttributeName: 'embedding', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'byEmbedding',
            KeySchema: [{ AttributeName: 'embedding', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    },
    `${invalidValues}Attributes cannot be redefined. Please check that your attribute has the same ` +
      'type as previously defined. Existing schema: VectorIndexSchema:[VectorAttribute: ' +
      'key{embedding:L:3}] New schema: Schema:[SchemaElement: key{embedding:S:HASH}]',
  ),
  update(
    {
      AttributeDefinitions: [{ AttributeName: 'tenant', AttributeType: 'N' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'byTenant',
            KeySchema: [{ AttributeName: 'tenant', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    },
    `${invalidValues}Attributes cannot be redefined. Please check that your attribute has the same ` +
      'type as previously defined. Existing schema: VectorIndexSchema:[SearchSchemaElement: ' +
      'key{tenant:S:HASH}, SearchSchemaElement: key{color:S:INLINE_FILTER}] New schema: ' +
      'Schema:[SchemaElement: key{tenant:N:HASH}]',
  ),
  update(
    {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }],
      ...change({
        Create: vectorIndex('more', { SearchSchema: [element('pk', 'INLINE_FILTER')] }),
      }),
    },
    `${invalidValues}Attributes cannot be redefined. Please check that your attribute has the same ` +
      'type as previously defined. Existing schema: Schema:[SchemaElement: key{pk:S:HASH}] New ' +
      'schema: VectorIndexSchema:[SearchSchemaElement: key{pk:N:INLINE_FILTER}]',
  ),
  update(
    {
      AttributeDefinitions: [{ AttributeName: 'color', AttributeType: 'B' }],
      ...change({ Create: vectorIndex('more', { SearchSchema: [element('color', 'HASH')] }) }),
    },
    `${invalidValues}Attributes cannot be redefined. Please check that your attribute has the same ` +
      'type as previously defined. Existing schema: VectorIndexSchema:[SearchSchemaElement: ' +
      'key{tenant:S:HASH}, SearchSchemaElement: key{color:S:INLINE_FILTER}] New schema: ' +
      'VectorIndexSchema:[SearchSchemaElement: key{color:B:HASH}]',
  ),
  update(
    change({ Create: vectorIndex('more'), Delete: { IndexName: 'plain' } }),
    `${invalidValues}Only one vector index action is allowed per VectorIndexUpdate object`,
  ),
  update(
    change({}),
    `${invalidValues}One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null`,
  ),
  update(
    change({ Delete: { IndexName: 'plain' } }, { Delete: { IndexName: 'zvix' } }),
    limitExceeded,
  ),
  update(
    {
      ...change({ Delete: { IndexName: 'plain' } }),
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'other' } }],
    },
    limitExceeded,
  ),
  update(change({ Delete: { IndexName: 'nope' } }), {
    __type: 'ResourceNotFoundException',
    message: 'Requested resource not found: Index nope for table Vectors',
  }),
  row(
    '2',
    ['UpdateTable', { TableName: 'Vectors', ...change({ Create: { IndexName: 'more' } }) }],
    "4 validation errors detected: Value null at 'vectorIndexUpdates.1.member.create.dimensions' " +
      'failed to satisfy constraint: Member must not be null; Value null at ' +
      "'vectorIndexUpdates.1.member.create.distanceFunction' failed to satisfy constraint: " +
      "Member must not be null; Value null at 'vectorIndexUpdates.1.member.create.projection' " +
      'failed to satisfy constraint: Member must not be null; Value null at ' +
      "'vectorIndexUpdates.1.member.create.vectorAttribute' failed to satisfy constraint: " +
      'Member must not be null',
    [created],
  ),
]

/** A list of numbers. */
export const numbers = (...values: number[]): object => ({
  L: values.map((n) => ({ N: String(n) })),
})
const Key = { pk: { S: 'a' } }
const put = (attributes: object): PreparingCall => [
  'PutItem',
  { TableName: 'Vectors', Item: { ...Key, ...attributes } },
]
const faulty = (
  attributes: object,
  message: string,
  setup: readonly PreparingCall[] = [onlyScoped],
): ValidationText => row('4', put(attributes), message, setup)
const vectorFault = 'One or more parameter values were invalid. '
const wrongSize = `${vectorFault}Invalid size for parameter embedding, Expected: 3, Actual: 2 IndexName: vix`
const embedding = numbers(1, 2)
/** What is said of an empty partition key of an index. */
export const emptyKey: string =
  'The AttributeValue for a key attribute cannot contain an empty string value.'

const writes: ValidationText[] = [
  faulty({ embedding }, wrongSize),
  faulty({ embedding }, wrongSize.replace('vix', 'plain'), [created]),
  faulty(
    { embedding: { S: 'x' } },
    `${vectorFault}Invalid type for parameter embedding, Expected: 32-bit floating point number ` +
      'list IndexName: vix',
  ),
  faulty(
    { embedding: { L: [{ N: '1' }, { S: 'x' }, { N: '2' }] } },
    `${vectorFault}Invalid type for parameter embedding[1], Expected: 32-bit floating point ` +
      'number, Actual: S. IndexName: vix',
  ),
  faulty(
    { embedding: numbers(1e39, 0, 0) },
    `${vectorFault}Invalid value for parameter embedding[0], Value: 1E+39 is outside valid range ` +
      '[-3.4028235E38, 3.4028235E38]. IndexName: vix',
  ),
  faulty(
    { embedding: numbers(0, 0, -3.5e40) },
    `${vectorFault}Invalid value for parameter embedding[2], Value: -3.5E+40 is outside valid ` +
      'range [-3.4028235E38, 3.4028235E38]. IndexName: vix',
  ),
  faulty(
    { tenant: { N: '1' } },
    `${vectorFault}Attribute 'tenant' type mismatch. Expected: S, Actual: N. IndexName: vix`,
  ),
  faulty(
    { color: { L: [] } },
    `${vectorFault}Attribute 'color' type mismatch. Expected: S, Actual: L. IndexName: vix`,
  ),
  faulty(
    { tenant: { S: '' } },
    `${notValidValues}A value specified for a secondary index key is not supported. ${emptyKey} ` +
      'IndexName: vix, IndexKey: tenant',
  ),
  faulty(
    { tenant: { S: 'x'.repeat(2049) } },
    `${invalidValues}Aggregate size for HASH key attributes exceeds the maximum of 2048 bytes`,
  ),
  faulty(
    { color: { S: 'x'.repeat(10_241) } },
    `${invalidValues}Size limit exceeded for SearchSchema attribute 'color': maximum 10240 bytes`,
  ),
  row(
    '4',
    [
      'UpdateItem',
      {
        TableName: 'Vectors',
        Key,
        UpdateExpression: 'SET embedding = :v',
        ExpressionAttributeValues: { ':v': embedding },
      },
    ],
    wrongSize,
    [onlyScoped],
  ),
  row(
    '4',
    [
      'UpdateItem',
      {
        TableName: 'Vectors',
        Key,
        UpdateExpression: 'SET tenant = :v',
        ExpressionAttributeValues: { ':v': { S: '' } },
      },
    ],
    `${notValidValues}The update expression attempted to update a secondary index key to a value ` +
      `that is not supported. ${emptyKey}`,
    [onlyScoped],
  ),
  row(
    '4',
    [
      'BatchWriteItem',
      {
        RequestItems: {
          Vectors: [
            { PutRequest: { Item: { pk: { S: 'b' } } } },
            { PutRequest: { Item: { ...Key, embedding } } },
          ],
        },
      },
    ],
    wrongSize,
    [onlyScoped],
  ),
  row(
    '4',
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'Vectors', Item: { pk: { S: 'b' } } } },
          { Put: { TableName: 'Vectors', Item: { ...Key, embedding } } },
        ],
      },
    ],
    cancelled(2, 1, wrongSize),
    [onlyScoped],
  ),
  row(
    '4',
    [
      'TransactWriteItems',
      {
        TransactItems: [
          {
            Update: {
              TableName: 'Vectors',
              Key,
              UpdateExpression: 'SET embedding = :v',
              ExpressionAttributeValues: { ':v': embedding },
            },
          },
        ],
      },
    ],
    cancelled(1, 0, wrongSize),
    [onlyScoped],
  ),
  row(
    '4',
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'Vectors', Item: { ...Key, tenant: { S: '' } } } },
          { Put: { TableName: 'Vectors', Item: { pk: { S: 'b' } } } },
        ],
      },
    ],
    `${notValidValues}A value specified for a secondary index key is not supported. ${emptyKey} ` +
      'IndexName: vix, IndexKey: tenant',
    [onlyScoped],
  ),
  row(
    '4',
    [
      'ExecuteStatement',
      { Statement: `INSERT INTO "Vectors" VALUE {'pk': 'a', 'embedding': [1, 2]}` },
    ],
    wrongSize,
    [onlyScoped],
  ),
  row(
    '4',
    ['ExecuteStatement', { Statement: `UPDATE "Vectors" SET embedding = [1, 2] WHERE pk = 'a'` }],
    wrongSize,
    [['CreateTable', onlyScoped[1]], put({})],
  ),
]

/** Every validation of vector indexes and of what is written into them. */
export const validationTextsOfVectors: readonly ValidationText[] = [
  ...definitions,
  ...updates,
  ...writes,
]
