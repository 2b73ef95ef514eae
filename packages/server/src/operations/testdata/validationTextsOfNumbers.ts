import { inBoth, inEach, Key, TableName } from './bothLayers.ts'
import { envelope, invalidValues, type ValidationText } from './validationTextRow.ts'

/* Bad numbers, and members of sets that stand twice, wherever an operation takes a value. */

const line = 'validation-2026 A2'

interface Place {
  readonly operation: string
  /** A request with `value` at this place. */
  readonly with: (value: object) => object
  /** Whether the older layer names the placeholder :v. */
  readonly isSubstituted?: true
}

const inValues = (value: object): object => ({ ExpressionAttributeValues: { ':v': value } })
const item = (value: object): object => ({ ...Key, v: value })

const condition = (operation: string, target: object): Place => ({
  operation,
  with: (value) => ({
    TableName,
    ...target,
    ConditionExpression: 'a = :v',
    ...inValues(value),
  }),
  isSubstituted: true,
})
const expected = (operation: string, target: object): Place => ({
  operation,
  with: (Value) => ({ TableName, ...target, Expected: { a: { Value } } }),
})

const conditionOfPut = condition('PutItem', { Item: Key })

/** The newer layer gives them an envelope. */
const enveloped: readonly Place[] = [
  { operation: 'PutItem', with: (value) => ({ TableName, Item: item(value) }) },
  { operation: 'PutItem', with: (pk) => ({ TableName, Item: { pk } }) },
  { operation: 'PutItem', with: (v) => ({ TableName, Item: item({ M: { a: { L: [v] } } }) }) },
  conditionOfPut,
  expected('PutItem', { Item: Key }),
  { operation: 'DeleteItem', with: (pk) => ({ TableName, Key: { pk } }) },
  condition('DeleteItem', { Key }),
  expected('DeleteItem', { Key }),
  { operation: 'UpdateItem', with: (pk) => ({ TableName, Key: { pk } }) },
  condition('UpdateItem', { Key }),
  {
    operation: 'UpdateItem',
    with: (v) => ({ TableName, Key, UpdateExpression: 'SET a = :v', ...inValues(v) }),
    isSubstituted: true,
  },
  {
    operation: 'UpdateItem',
    with: (Value) => ({ TableName, Key, AttributeUpdates: { a: { Value, Action: 'PUT' } } }),
  },
  expected('UpdateItem', { Key }),
]

/** The newer layer has the text alone. */
const bare: readonly Place[] = [
  { operation: 'GetItem', with: (pk) => ({ TableName, Key: { pk } }) },
  {
    operation: 'BatchGetItem',
    with: (pk) => ({ RequestItems: { [TableName]: { Keys: [{ pk }] } } }),
  },
  {
    operation: 'Query',
    with: (v) => ({ TableName, KeyConditionExpression: 'pk = :v', ...inValues(v) }),
    isSubstituted: true,
  },
  {
    operation: 'Query',
    with: (v) => ({
      TableName,
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'a = :v',
      ExpressionAttributeValues: { ':p': { S: 'a' }, ':v': v },
    }),
    isSubstituted: true,
  },
  {
    operation: 'Query',
    with: (v) => ({
      TableName,
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [v] } },
    }),
  },
]

const write = (action: object): object => ({ TransactItems: [action] })

/** There is no newer layer. */
const olderAlone: readonly Place[] = [
  {
    operation: 'BatchWriteItem',
    with: (v) => ({ RequestItems: { [TableName]: [{ PutRequest: { Item: item(v) } }] } }),
  },
  {
    operation: 'BatchWriteItem',
    with: (pk) => ({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: { pk } } }] } }),
  },
  {
    operation: 'TransactWriteItems',
    with: (v) => write({ Put: { TableName, Item: item(v) } }),
  },
  {
    operation: 'TransactWriteItems',
    with: (v) =>
      write({ Update: { TableName, Key, UpdateExpression: 'SET a = :v', ...inValues(v) } }),
    isSubstituted: true,
  },
  {
    operation: 'TransactGetItems',
    with: (pk) => write({ Get: { TableName, Key: { pk } } }),
  },
  {
    operation: 'Scan',
    with: (v) => ({ TableName, FilterExpression: 'a = :v', ...inValues(v) }),
    isSubstituted: true,
  },
]

interface Fault {
  readonly value: object
  readonly older: string
  readonly newer: string
}

const notNumeric = 'The parameter cannot be converted to a numeric value'
const outOfRange = (which: string, magnitude: string): string =>
  `Number ${which}. Attempting to store a number with magnitude ${magnitude} than supported range`
const overflow = outOfRange('overflow', 'larger')
const underflow = outOfRange('underflow', 'smaller')
const digits = 'Attempting to store more than 38 significant digits in a Number'

const numbers: readonly Omit<Fault & { readonly number: string }, 'value'>[] = [
  { number: 'abc', older: `${notNumeric}: abc`, newer: `${notNumeric}: abc` },
  { number: '', older: notNumeric, newer: `${notNumeric}: ` },
  { number: '1e126', older: overflow, newer: overflow },
  {
    // An exponent of 32 bits wraps round.
    number: '1e2147483647',
    older: underflow,
    newer: overflow,
  },
  {
    number: '1e-131',
    older: underflow,
    newer: underflow,
  },
  { number: '1'.repeat(39), older: digits, newer: digits },
]

const duplicates = (list: string, rest: string): string =>
  `${invalidValues}Input collection [${list}]${rest} contains duplicates.`

const faults: readonly Fault[] = [
  ...numbers.flatMap(({ number, ...texts }) => [
    { value: { N: number }, ...texts },
    { value: { NS: ['1', number] }, ...texts },
  ]),
  {
    value: { SS: ['b', 'a', 'b'] },
    older: duplicates('b, a, b', ''),
    newer: duplicates('"a", "b", "b"', ''),
  },
  // In the order of their bytes, which is not that of UTF-16, up to the first that repeats.
  {
    value: { SS: ['\u{1f600}', '\uffee', 'x', '\u{1f600}', 'c', 'a', 'x'] },
    older: duplicates('\u{1f600}, \uffee, x, \u{1f600}, c, a, x', ''),
    newer: duplicates('"x", "\uffee", "\u{1f600}", "\u{1f600}", "c", "a", "x"', ''),
  },
  {
    value: { BS: ['/w==', 'AA==', 'AA=='] },
    older: duplicates('/w==, AA==, AA==', 'of type BS'),
    newer: duplicates('"AA==","/w==","AA=="', 'of type BS'),
  },
  {
    value: { NS: ['2', '1', '2.0'] },
    older: 'Input collection contains duplicates',
    newer: `${invalidValues}Input collection contains duplicates.`,
  },
]

const placed = (text: string, { isSubstituted }: Place): string =>
  isSubstituted === true
    ? `ExpressionAttributeValues contains invalid value: ${text} for key :v`
    : text

function rowsOf(places: readonly Place[], newerOf: (fault: Fault) => string): ValidationText[] {
  return places.flatMap((place) =>
    faults.map((fault) => {
      const call = [place.operation, place.with(fault.value)] as const
      return inEach(line, call, placed(fault.older, place), newerOf(fault))
    }),
  )
}

const ofOlderAlone: ValidationText[] = olderAlone.flatMap((place) =>
  faults.map((fault) => {
    const text = placed(fault.older, place)
    return inBoth(line, place.operation, place.with(fault.value), text)
  }),
)

/** The words round a value stay with its other faults, and so does a fault that no layer words. */
const ofOtherFaults: ValidationText[] = (
  [
    [{ NULL: false }, `${invalidValues}Null attribute value types must have the value of true`],
    [{ SS: [] }, `${invalidValues}An string set  may not be empty`],
    [{ BS: [] }, `${invalidValues}Binary sets should not be empty`],
  ] as const
).map(([value, text]) => {
  const inWords = placed(text, conditionOfPut)
  const call = [conditionOfPut.operation, conditionOfPut.with(value)] as const
  return inEach('2.4', call, inWords, envelope + inWords)
})

export const validationTextsOfNumbers: readonly ValidationText[] = [
  ...rowsOf(enveloped, ({ newer }) => `${envelope}${newer}`),
  ...rowsOf(bare, ({ newer }) => newer),
  ...ofOlderAlone,
  ...ofOtherFaults,
]
