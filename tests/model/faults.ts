import type { Item, Value } from './attributes.ts'
import type { Body, Fault } from './fault.ts'
import { envelope, inEnvelope, ofDepth, ofValue, wherever, type NewerWords } from './layers.ts'
import type { PlainOperation, StatementOperation } from './operations.ts'
import type { Query, Scan } from './queries.ts'
import { invalid, invalidParameterText } from './refusal.ts'
import type { Select } from './selects.ts'
import { faultsOfStatements } from './statementFaults.ts'
import { unreachable } from './unreachable.ts'
import type { Action } from './writes.ts'

/** A sound operation with a fault in its request. */
export interface Faulty {
  readonly kind: 'Faulty'
  readonly operation: Sound
  readonly fault: Fault
}

/** What a fault can be put into. */
export type Sound = PlainOperation | StatementOperation | Query | Scan | Select

/** A value that no attribute can have, with its words. */
interface BadValue {
  readonly name: string
  readonly value: unknown
  /** As the older layer tells it, without where the value stood. */
  readonly text: string
  /** The newer layer's words, which say nothing of where; undefined for those that it has alike. */
  readonly newer: NewerWords | undefined
  /** Whether the newer layer's words are the older's, where the value stood included. */
  readonly keepsPlace?: true
}

const notNumeric = 'The parameter cannot be converted to a numeric value'
const outOfRange = (flow: string, magnitude: string): string =>
  `Number ${flow}. Attempting to store a number with magnitude ${magnitude} than supported range`
const tooPrecise = 'Attempting to store more than 38 significant digits in a Number'

const overflow = outOfRange('overflow', 'larger')
const underflow = outOfRange('underflow', 'smaller')

type NumberTexts = readonly [number: string, older: string, newer?: string]

const numberTexts: readonly NumberTexts[] = [
  ['abc', `${notNumeric}: abc`],
  ['', notNumeric, `${notNumeric}: `],
  ['1e126', overflow],
  ['-1e-131', underflow],
  ['1'.repeat(39), tooPrecise],
  // The older layer reads an exponent in 32 bits, in which it turns round.
  ['1e2147483647', underflow, overflow],
]

function badNumbers([number, text, newer = text]: NumberTexts): BadValue[] {
  const values = {
    N: { N: number },
    NS: { NS: ['1', number] },
    inside: { M: { x: { L: [{ N: number }] } } },
  }
  return Object.entries(values).map(([where, value]) => {
    return { name: `${where} '${number}'`, value, text, newer: ofValue(newer) }
  })
}

const collection = 'Input collection'
const repeated: readonly BadValue[] = [
  {
    name: 'SS twice',
    value: { SS: ['b', 'a', 'b'] },
    text: invalidParameterText(`${collection} [b, a, b] contains duplicates.`),
    newer: ofValue(invalidParameterText(`${collection} ["a", "b", "b"] contains duplicates.`)),
  },
  {
    name: 'BS twice',
    value: { BS: ['/w==', 'AA==', 'AA=='] },
    text: invalidParameterText(`${collection} [/w==, AA==, AA==]of type BS contains duplicates.`),
    newer: ofValue(
      invalidParameterText(`${collection} ["AA==","/w==","AA=="]of type BS contains duplicates.`),
    ),
  },
  {
    name: 'NS twice',
    value: { NS: ['2', '1', '2.0'] },
    text: `${collection} contains duplicates`,
    newer: ofValue(invalidParameterText(`${collection} contains duplicates.`)),
  },
]

const malformed: readonly BadValue[] = [
  ['NULL', { NULL: false }, 'Null attribute value types must have the value of true'],
  ['SS', { SS: [] }, 'An string set  may not be empty'],
  ['NS', { NS: [] }, 'An number set  may not be empty'],
  ['BS', { BS: [] }, 'Binary sets should not be empty'],
].map(([name, value, detail]) => ({
  name: `${name as string} empty or false`,
  value,
  text: invalidParameterText(detail as string),
  newer: undefined,
  keepsPlace: true,
}))

const tooDeep =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
  'beyond supported limit'

/** A value of so many lists round a scalar; beyond `told` of them both layers have one text. */
function deepValue(lists: number, told: number): BadValue {
  const value = Array.from({ length: lists }).reduce<Value>((L) => ({ L: [L] }), { N: '1' })
  const newer = lists <= told ? ofDepth(tooDeep) : undefined
  return { name: `${lists} lists`, value, text: tooDeep, newer }
}

const usualValues = [...numberTexts.flatMap(badNumbers), ...repeated, ...malformed]
const itemValues = [...usualValues, ...[32, 33, 61, 63, 70].map((n) => deepValue(n, 62))]
const transactedValues = [...usualValues, ...[33, 60, 61, 70].map((n) => deepValue(n, 60))]

/** A value in an item or a key, where neither layer has words round it. */
function bare(bad: BadValue, spoil: (value: unknown) => Fault['spoil']): Fault {
  const newer = bad.keepsPlace === true ? inEnvelope(bad.text) : bad.newer
  return { name: bad.name, spoil: spoil(bad.value), refusal: invalid(bad.text, newer) }
}

/** A value among the substitutions of an expression, used or not; the older layer names it. */
function substituted(bad: BadValue, condition: string): Fault {
  const text = `ExpressionAttributeValues contains invalid value: ${bad.text} for key :bad`
  const newer = bad.keepsPlace === true ? inEnvelope(text) : bad.newer
  return {
    name: `:bad is ${bad.name}`,
    spoil: (body) => withSubstitution(body, condition, [':bad', bad.value]),
    refusal: invalid(text, newer),
  }
}

type Substitution = readonly [placeholder: string, value: unknown]

/** `member` gets an expression when the request has none, for substitutions need one. */
function withSubstitution(body: Body, member: string, [placeholder, value]: Substitution): Body {
  const expression = hasExpression(body) ? {} : { [member]: `a <> ${placeholder}` }
  const values = body['ExpressionAttributeValues'] as Body | undefined
  return {
    ...body,
    ...expression,
    ExpressionAttributeValues: { ...values, [placeholder]: value },
  }
}

const hasExpression = (body: Body): boolean =>
  Object.keys(body).some((name) => /^(?!Projection).*Expression$/.test(name))

const withMember =
  (name: string, value: unknown): Fault['spoil'] =>
  (body) => ({ ...body, [name]: value })

const withKey =
  (value: unknown): Fault['spoil'] =>
  (body) => ({ ...body, Key: { ...(body['Key'] as Item), pk: value } })

const withAttribute =
  (value: unknown): Fault['spoil'] =>
  (body) => ({ ...body, Item: { ...(body['Item'] as Item), z: value } })

const undefinedValue =
  'An expression attribute value used in expression is not defined; attribute value: :nowhere'
const emptyExpression = 'The expression can not be empty;'

function plain(name: string, text: string, spoil: Fault['spoil']): Fault {
  return { name, spoil, refusal: invalid(text, inEnvelope(text)) }
}

/** Faults of `member`, which is a condition or a filter, and of substitutions. */
function expressionFaults(member: string): Fault[] {
  const unused = (kind: 'Names' | 'Values', placeholder: string): string =>
    `Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${placeholder}}`
  return [
    plain('empty', `Invalid ${member}: ${emptyExpression}`, withMember(member, '')),
    plain('undefined', `Invalid ${member}: ${undefinedValue}`, withMember(member, 'a = :nowhere')),
    plain('unused value', unused('Values', ':unused'), (body) => {
      const sound = hasExpression(body) ? body : { ...body, [member]: 'attribute_exists(a)' }
      return withSubstitution(sound, member, [':unused', { S: 'x' }])
    }),
    plain('unused name', unused('Names', '#unused'), (body) => {
      const names = body['ExpressionAttributeNames'] as Body | undefined
      const sound = hasExpression(body) ? body : { ...body, [member]: 'attribute_exists(a)' }
      return { ...sound, ExpressionAttributeNames: { ...names, '#unused': 'x' } }
    }),
  ]
}

const tooShort = 'failed to satisfy constraint: Member must have length greater than or equal to 1'
const noEnum = 'failed to satisfy constraint: Member must satisfy enum value set: '

const ofSingleWrites: readonly Fault[] = [
  {
    name: 'TableName',
    spoil: withMember('TableName', ''),
    refusal: invalid(
      `${envelope}Value '' at 'tableName' ${tooShort}`,
      wherever(`${envelope}Value at 'TableName' ${tooShort}`),
    ),
  },
  {
    name: 'ReturnValues',
    spoil: withMember('ReturnValues', 'INVALID'),
    refusal: invalid(
      `${envelope}Value 'INVALID' at 'returnValues' ${noEnum}` +
        '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
      wherever(
        `${envelope}Failed to satisfy constraint: Member must satisfy enum value set: ` +
          '[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]',
      ),
    ),
  },
]

const needsExpressions = (kind: 'Names' | 'Values'): string =>
  `ExpressionAttribute${kind} can only be specified when using expressions`

/** For writes without any expression. */
function ofBareWrites(action: Action): Fault[] {
  const older =
    action.kind === 'Update'
      ? 'UpdateExpression and ConditionExpression are'
      : 'ConditionExpression is'
  const values = needsExpressions('Values')
  const exists = { a: { Exists: true } }
  const mustHaveValue = 'Value must be provided when Exists is true for Attribute: a'
  return [
    {
      name: 'values alone',
      spoil: withMember('ExpressionAttributeValues', { ':v': { S: 'x' } }),
      refusal: invalid(`${values}: ${older} null`, inEnvelope(values)),
    },
    plain(
      'names alone',
      needsExpressions('Names'),
      withMember('ExpressionAttributeNames', { '#a': 'a' }),
    ),
    plain('Expected', invalidParameterText(mustHaveValue), withMember('Expected', exists)),
  ]
}

function faultsOfWrite(action: Action): Fault[] {
  const placed =
    action.kind === 'Put'
      ? itemValues.map((bad) => bare(bad, withAttribute))
      : itemValues.map((bad) => bare(bad, withKey))
  const isBare =
    action.condition === undefined && (action.kind !== 'Update' || action.update.length === 0)
  return [
    ...placed,
    ...itemValues.map((bad) => substituted(bad, 'ConditionExpression')),
    ...expressionFaults('ConditionExpression'),
    ...ofSingleWrites,
    ...(isBare ? ofBareWrites(action) : []),
    ...(action.kind === 'Update'
      ? []
      : [
          plain(
            'ALL_NEW',
            'ReturnValues can only be ALL_OLD or NONE',
            withMember('ReturnValues', 'ALL_NEW'),
          ),
        ]),
  ]
}

/** The first entry of a list with a fault of its own. */
function ofFirst(list: string, member: string, { name, spoil, refusal }: Fault): Fault {
  return {
    name,
    spoil(body) {
      const [first, ...others] = body[list] as readonly Body[]
      const inner = (first as Body)[member] as Body
      return { ...body, [list]: [{ ...first, [member]: spoil(inner) }, ...others] }
    },
    refusal,
  }
}

function faultsOfTransaction(action: Action): Fault[] {
  const placed =
    action.kind === 'Put'
      ? [...usualValues, deepValue(32, 0), deepValue(40, 0)].map((bad) => bare(bad, withAttribute))
      : transactedValues.map((bad) => bare(bad, withKey))
  const own = [
    ...placed,
    ...transactedValues.map((bad) => substituted(bad, 'ConditionExpression')),
    ...expressionFaults('ConditionExpression'),
  ]
  return [
    ...own.map((fault) => ofFirst('TransactItems', action.kind, fault)),
    {
      name: 'an entry without an action',
      spoil: (body) => ({ ...body, TransactItems: [{}, ...(body['TransactItems'] as Body[])] }),
      refusal: invalid(
        'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
        wherever(
          `${envelope}Value '' at 'transactItems' failed to satisfy constraint: ` +
            'TransactWriteRequest should contain Delete or Put or Update or ConditionCheck',
        ),
      ),
    },
  ]
}

function faultsOfReading({ kind, projection, select }: Query | Scan): Fault[] {
  const selected =
    'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
    'SPECIFIC_ATTRIBUTES'
  const all = [
    ...itemValues.map((bad) => substituted(bad, 'FilterExpression')),
    ...expressionFaults('FilterExpression'),
  ]
  if (projection === undefined && select === undefined) {
    all.push({
      name: 'SPECIFIC_ATTRIBUTES',
      spoil: withMember('Select', 'SPECIFIC_ATTRIBUTES'),
      refusal: invalid(selected, wherever(envelope + selected)),
    })
  }
  return kind === 'Query' ? all : all.map(withOlderValues)
}

/** The newer layer of a scan has words of its own for what is selected, and for nothing else. */
function withOlderValues(fault: Fault): Fault {
  if (fault.name === 'SPECIFIC_ATTRIBUTES') return fault
  return { ...fault, refusal: invalid(fault.refusal.message) }
}

const noItems: Fault = {
  name: 'RequestItems',
  spoil: withMember('RequestItems', {}),
  refusal: invalid(
    'The requestItems parameter is required for BatchGetItem',
    wherever(`${envelope}Value at 'RequestItems' ${tooShort}`),
  ),
}

/** A fault in the first entry of a batch's first table. */
function ofFirstEntry(bad: BadValue, change: (entry: Body, value: unknown) => Body): Fault {
  return bare(bad, (value) => (body) => {
    const tables = Object.entries(body['RequestItems'] as Body)
    const [[name, entry], ...others] = tables as [[string, Body], ...[string, Body][]]
    const RequestItems = Object.fromEntries([[name, change(entry, value)], ...others]) as Body
    return { ...body, RequestItems }
  })
}

function faultyKeys(entry: Body, value: unknown): Body {
  const [first, ...others] = entry['Keys'] as readonly Item[]
  return { ...entry, Keys: [{ ...first, pk: value }, ...others] }
}

function faultyWrites(entry: Body, value: unknown): Body {
  const [first, ...others] = entry as unknown as readonly Body[]
  const put = first?.['PutRequest'] as Body | undefined
  const faulty =
    put === undefined
      ? { DeleteRequest: withKey(value)(first?.['DeleteRequest'] as Body) }
      : { PutRequest: withAttribute(value)(put) }
  return [faulty, ...others] as unknown as Body
}

/** The faults that fit an operation, each of which is told before anything else. */
export function faultsOf(operation: Sound): readonly Fault[] {
  switch (operation.kind) {
    case 'SingleWrite':
      return faultsOfWrite(operation.action)
    case 'GetItem':
      return itemValues.map((bad) => bare(bad, withKey))
    case 'TransactWriteItems':
      return faultsOfTransaction(operation.actions[0] as Action)
    case 'TransactGetItems':
      return transactedValues
        .map((bad) => bare(bad, withKey))
        .map((fault) => ofFirst('TransactItems', 'Get', fault))
    case 'BatchGetItem':
      return [noItems, ...itemValues.map((bad) => ofFirstEntry(bad, faultyKeys))]
    case 'BatchWriteItem':
      return itemValues.map((bad) => ofFirstEntry(bad, faultyWrites))
    case 'Query':
    case 'Scan':
      return faultsOfReading(operation)
    case 'Select':
    case 'ExecuteStatement':
    case 'BatchExecuteStatement':
    case 'ExecuteTransaction':
      return faultsOfStatements(operation)
    case 'UpdateTimeToLive':
    case 'DescribeTimeToLive':
      return []
    default:
      return unreachable(operation)
  }
}
