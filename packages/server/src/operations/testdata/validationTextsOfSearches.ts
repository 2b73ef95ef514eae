import {
  notValidValues,
  serialization,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'
import { emptyKey, numbers, onlyScoped, row } from './validationTextsOfVectors.ts'

const search = (more: object): PreparingCall => [
  'SearchVectors',
  {
    TableName: 'Vectors',
    IndexName: 'vix',
    SearchVector: [{ N: '1' }, { N: '2' }, { N: '3' }],
    TopK: 3,
    ...more,
  },
]
const searched = (
  more: object,
  expected: ExpectedError | string,
  setup: readonly PreparingCall[] = [onlyScoped],
): ValidationText => row('5', search(more), expected, setup)
const asking = (
  SearchConditionExpression: string,
  values: object | undefined,
  expected: string,
): ValidationText =>
  searched(
    {
      SearchConditionExpression,
      ...(values !== undefined && { ExpressionAttributeValues: values }),
    },
    expected,
  )
const t = { ':t': { S: 't' } }
const two = { ...t, ':u': { S: 'u' } }
const condition = 'SearchConditionExpression'
const wrong = `Invalid ${condition}: `
const noVector =
  'Search vector contains invalid values. All values in the search vector must be a 32-bit ' +
  'floating-point number attribute'
const constrained = (member: string, text: string): string =>
  `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${text}`

const conditions: ValidationText[] = [
  asking('tenant <> :t', t, `${wrong}Invalid comparator used in ${condition}`),
  asking('tenant < :t', t, `${wrong}Invalid comparator used in ${condition}`),
  asking('tenant = :t OR color = :u', two, `${wrong}Invalid operator used in ${condition}: OR`),
  asking('NOT tenant = :t', t, `${wrong}Invalid operator used in ${condition}: NOT`),
  asking('tenant IN (:t)', t, `${wrong}Invalid operator used in ${condition}: IN`),
  asking('tenant BETWEEN :t AND :u', two, `${wrong}Invalid operator used in ${condition}: BETWEEN`),
  asking(
    'begins_with(tenant, :t)',
    t,
    `${wrong}Invalid operator used in ${condition}: begins_with`,
  ),
  asking('size(tenant) = :t', t, `${wrong}Invalid operator used in ${condition}: size`),
  asking(
    'tenant = color',
    undefined,
    `${wrong}Invalid operand used in ${condition}: an attribute and a value expected`,
  ),
  asking('tenant.x = :t', t, `${wrong}${condition} cannot have conditions on nested attributes`),
  asking(
    'tenant = :t AND tenant = :t',
    t,
    `${wrong}${condition} must only contain one condition per attribute`,
  ),
  asking(
    'tenant = :t AND size1 = :u',
    two,
    `${condition} must not contain any attributes that is not in SearchSchema. ` +
      'Invalid attribute: size1',
  ),
  searched({}, `${condition} must be provided when SearchSchema has a HASH key`),
  asking('color = :t', t, `${condition} must have all HASH attributes in configured SearchSchema`),
  asking(
    'tenant = :t',
    { ':t': { N: '1' } },
    `Type of 'tenant' attribute in ${condition} (N) does not match type in search schema (S)`,
  ),
  asking('tenant = :t', { ':t': { S: '' } }, `${notValidValues}${emptyKey} Key: tenant`),
  asking(
    'bucket = :t',
    t,
    `${wrong}Attribute name is a reserved keyword; reserved keyword: bucket`,
  ),
  asking(
    'tenant = :c',
    t,
    `${wrong}An expression attribute value used in expression is not defined; attribute value: :c`,
  ),
]

const requests: ValidationText[] = [
  searched(
    { IndexName: null },
    serialization('invalid type: null, expected a string at line 1 column 39'),
  ),
  searched(
    { TopK: 3.5 },
    serialization('invalid type: floating point `3.5`, expected i32 at line 1 column 98'),
  ),
  searched(
    { TopK: 2 ** 31 },
    serialization('invalid value: integer `2147483648`, expected i32 at line 1 column 105'),
  ),
  searched(
    { SearchVector: null },
    serialization('invalid type: null, expected a sequence at line 1 column 60'),
  ),
  row(
    '5.4',
    ['SearchVectors', { IndexName: 'ab', SearchVector: [{ N: '1' }], TopK: 1 }],
    'missing field `TableName` at line 1 column 54',
  ),
  searched(
    { IndexName: 'ab' },
    constrained('IndexName', 'Member must have length greater than or equal to 3'),
  ),
  searched(
    { SearchVector: [] },
    constrained('SearchVector', 'Member must have length greater than or equal to 1'),
  ),
  searched(
    { SearchVector: Array.from({ length: 4097 }, () => ({ N: '1' })) },
    constrained('SearchVector', 'Member must have length less than or equal to 4096'),
  ),
  searched({ TopK: 0 }, constrained('TopK', 'Member must have value greater than or equal to 1')),
  searched(
    { TopK: 101, TableName: 'Nowhere' },
    "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive",
  ),
  searched({ SearchVector: [{ N: '1' }, { S: '2' }] }, noVector),
  searched({ SearchVector: [numbers(1, 2, 3)] }, noVector),
  searched({ SearchVector: [{ N: '1e39' }] }, noVector),
  searched({ SearchVector: [{ N: 'one' }] }, noVector),
  searched(
    { SearchVector: [{ N: '1' }, { N: '2' }] },
    'Input search vector dimension 2 does not match vector index dimension 3',
  ),
  searched(
    { TableName: 'Nowhere' },
    {
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    },
  ),
  searched({ IndexName: 'nope' }, 'The table does not have the specified index: nope'),
  row(
    '5.4',
    search({ TableName: 'Indexed', IndexName: 'byG' }),
    'The table does not have the specified index: byG',
  ),
]

const byKey = {
  KeyConditionExpression: 'tenant = :t',
  ExpressionAttributeValues: t,
}

const others: ValidationText[] = [
  row(
    '6',
    ['Query', { TableName: 'Vectors', IndexName: 'vix', ...byKey }],
    'Query operation not supported on this index type.',
    [onlyScoped],
  ),
  row(
    '6',
    ['Query', { TableName: 'Vectors', IndexName: 'vix', ConsistentRead: true, ...byKey }],
    'Consistent reads are not supported on global secondary indexes',
    [onlyScoped],
  ),
  row(
    '6',
    ['Scan', { TableName: 'Vectors', IndexName: 'vix' }],
    'Scan operation not supported on this index type',
    [onlyScoped],
  ),
  row(
    '6',
    ['ExecuteStatement', { Statement: 'SELECT * FROM "Vectors"."vix"' }],
    'Scan operation not supported on this index type',
    [onlyScoped],
  ),
]

/** Every validation of SearchVectors, and of other reads of a vector index. */
export const validationTextsOfSearches: readonly ValidationText[] = [
  ...conditions,
  ...requests,
  ...others,
]
