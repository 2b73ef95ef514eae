import { order } from './comparisons.ts'
import type { Request } from './requests.ts'

/*
 * Where the two validation layers of a server may differ (docs/decisions/validation-texts.md). Each
 * rule stands for itself: an answer that none of them explains is a fault.
 */

type Body = Readonly<Record<string, unknown>>

/** A difference in words: what is refused, and what is done, is the same. */
export interface WordRule {
  readonly name: string
  readonly operations: readonly string[]
  /** The newer layer's text for one of the older; undefined for one that it is not about. */
  readonly newerOf: (older: string, request: Request) => string | undefined
}

/** A difference in the verdict itself. */
export interface Parting {
  readonly name: string
  readonly parts: (request: Request, older: Body, newer: Body) => boolean
  /** A request that it is about. */
  readonly example: Request
}

/** All that one layer refuses and the other does not. What is too deep is refused by both. */
export const partings: readonly Parting[] = [
  {
    name: 'what the statement of an UpdateItem weighs',
    parts({ name, body }, older, newer) {
      const tooLarge = 'Item size to update has exceeded the maximum allowed size'
      if (name !== 'UpdateItem' || !('UpdateExpression' in body)) return false
      return newer['message'] === tooLarge && older['message'] !== tooLarge
    },
    example: {
      name: 'UpdateItem',
      body: {
        TableName: 'Faults',
        Key: { pk: { S: 'p' } },
        UpdateExpression: 'SET a = if_not_exists(pk, :large)',
        ConditionExpression: 'attribute_exists(nope)',
        ExpressionAttributeValues: { ':large': { S: 'x'.repeat(409_600) } },
      },
    },
  },
]

const envelope = '1 validation error detected: '
const writes = ['PutItem', 'UpdateItem', 'DeleteItem']
const reads = ['GetItem', 'BatchGetItem', 'Query']
const parameter = 'One or more parameter values were invalid: '
const tooShort = 'Member must have length greater than or equal to 1'

const enveloped = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : envelope + text

/** A text without the words round a value of an expression; undefined without such words. */
const unplaced = (text: string): string | undefined =>
  /^ExpressionAttributeValues contains invalid value: (.*) for key :\w+$/.exec(text)?.[1]

const emptyNumber = 'The parameter cannot be converted to a numeric value'

/** What is told of numbers and sets in other words, whether or not it tells where the value is. */
function retold(older: string): string | undefined {
  const text = unplaced(older) ?? older
  if (text === emptyNumber) return `${text}: `
  if (text === 'Input collection contains duplicates') return `${parameter}${text}.`
  const [, list, ending] = /Input collection \[(.*)\](.*) ?contains duplicates\.$/.exec(text) ?? []
  if (list === undefined || ending === undefined) return undefined
  const type = ending.trim() === '' ? 'S' : 'B'
  const separator = type === 'S' ? ', ' : ','
  const quoted = asMet(type, list.split(', ')).map((member) => `"${member}"`)
  return text.replace(`[${list}]`, `[${quoted.join(separator)}]`)
}

/** Members in order up to the first repeat, then that, then the rest as it was sent. */
function asMet(type: 'S' | 'B', members: readonly string[]): readonly string[] {
  const repeat = members.findIndex((member, i) => members.indexOf(member) < i)
  const valueOf = (member: string): never => ({ [type]: member }) as never
  const met = members.slice(0, repeat).sort((a, b) => order(valueOf(a), valueOf(b)) as number)
  return [...met, ...members.slice(repeat)]
}

/** An exponent in which the older layer sees another one. */
function withLongExponent(older: string, { body }: Request): string | undefined {
  if (!/"1e\d{10}"/.test(JSON.stringify(body))) return undefined
  const text = unplaced(older) ?? older
  if (!text.startsWith('Number underflow.')) return undefined
  return text.replace('underflow', 'overflow').replace('smaller', 'larger')
}

/** A rule for one text alone. */
const exactly =
  (text: string, newer: string) =>
  (older: string): string | undefined =>
    older === text ? newer : undefined

export const wordRules: readonly WordRule[] = [
  {
    name: 'writes of an item put an envelope round the text',
    operations: writes,
    newerOf: enveloped,
  },
  {
    name: 'they do not tell where in an expression a value stood',
    operations: writes,
    newerOf: (older) => enveloped(unplaced(older)),
  },
  {
    name: 'they tell of repeated members and of the empty number in other words',
    operations: writes,
    newerOf: (older) => enveloped(retold(older)),
  },
  {
    name: 'they read exponents in more than 32 bits',
    operations: writes,
    newerOf: (older, request) => enveloped(withLongExponent(older, request)),
  },
  {
    name: 'they do not tell which expression substitutions lack',
    operations: writes,
    newerOf: (older) => enveloped(/^(.* can only be .* expressions): .* null$/.exec(older)?.[1]),
  },
  {
    name: 'they tell an empty table name in a form of its own',
    operations: writes,
    newerOf: exactly(
      `${envelope}Value '' at 'tableName' failed to satisfy constraint: ${tooShort}`,
      `${envelope}Value at 'TableName' failed to satisfy constraint: ${tooShort}`,
    ),
  },
  {
    name: 'they tell the values of ReturnValues, not what was sent',
    operations: writes,
    newerOf: exactly(
      `${envelope}Value 'INVALID' at 'returnValues' failed to satisfy constraint: Member must ` +
        'satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
      `${envelope}Failed to satisfy constraint: Member must satisfy enum value set: ` +
        '[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]',
    ),
  },
  {
    name: 'a query does not tell where in an expression a value stood',
    operations: ['Query'],
    newerOf: unplaced,
  },
  {
    name: 'reads of items tell of repeated members and of the empty number in other words',
    operations: reads,
    newerOf: retold,
  },
  {
    name: 'reads of items read exponents in more than 32 bits',
    operations: reads,
    newerOf: withLongExponent,
  },
  {
    name: 'a transaction does not tell which value of an expression is too deep',
    operations: ['TransactWriteItems'],
    newerOf: (older) => (older.includes('Nesting Levels') ? unplaced(older) : undefined),
  },
  {
    name: 'a transaction tells of an entry without an action in other words',
    operations: ['TransactWriteItems'],
    newerOf: exactly(
      'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
      `${envelope}Value '' at 'transactItems' failed to satisfy constraint: ` +
        'TransactWriteRequest should contain Delete or Put or Update or ConditionCheck',
    ),
  },
  {
    name: 'a selection of attributes that names none is told in an envelope',
    operations: ['Query', 'Scan'],
    newerOf: (older) => (older.startsWith('Must specify') ? enveloped(older) : undefined),
  },
  {
    name: 'a batch of nothing breaks a constraint',
    operations: ['BatchGetItem'],
    newerOf: exactly(
      'The requestItems parameter is required for BatchGetItem',
      `${envelope}Value at 'RequestItems' failed to satisfy constraint: ${tooShort}`,
    ),
  },
]

/** The rule by which the newer layer's text for a request is another one. */
export const ruleOf = (request: Request, older: string, newer: string): WordRule | undefined =>
  wordRules.find(
    ({ operations, newerOf }) =>
      operations.includes(request.name) && newerOf(older, request) === newer,
  )
