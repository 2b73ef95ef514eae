import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue, Item } from '../values/attributeValue.ts'
import { applyUpdate, compileUpdate, updatedFragments } from './applyUpdate.ts'
import type { ConditionNode, OperandNode, SetValueNode, UpdateActionNode } from './ast.ts'
import { compileCondition, evaluateCondition } from './evaluateCondition.ts'
import { createExpressionContext } from './expressionContext.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { compileKeyClauses, readKeyClauses } from './keyCondition.ts'
import { namesReadByCondition, namesReadByUpdate } from './namesRead.ts'
import { parseCondition } from './parseCondition.ts'
import { parseUpdate } from './parseUpdate.ts'
import { startParser } from './parser.ts'
import { compileProjection, projectItem } from './projectItem.ts'
import { runsOf } from '../testing/propertyRuns.ts'
import { measureProcessor } from '../testing/processorTime.ts'

const nameArbitrary = fc.constantFrom('a', 'b', 'c1', 'd_', '#n', '#m')
const pathArbitrary = fc
  .tuple(nameArbitrary, fc.array(fc.oneof(nameArbitrary, fc.nat(3)), { maxLength: 3 }))
  .map(([first, rest]): OperandNode & { kind: 'path' } => {
    const elements = [first, ...rest]
    const hasPlaceholders = elements.some((element) => String(element).startsWith('#'))
    return { kind: 'path', elements, hasPlaceholders }
  })
const valueArbitrary = fc
  .constantFrom(':v', ':w', ':x')
  .map((placeholder): OperandNode & { kind: 'value' } => ({ kind: 'value', placeholder }))
const operandArbitrary: fc.Arbitrary<OperandNode> = fc.oneof(
  pathArbitrary,
  valueArbitrary,
  fc.record({
    kind: fc.constant('function' as const),
    name: fc.constant('size'),
    operands: fc.tuple(pathArbitrary),
  }),
)
const predicateArbitrary: fc.Arbitrary<ConditionNode> = fc.oneof(
  fc.record({
    kind: fc.constant('comparison' as const),
    comparator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
    left: operandArbitrary,
    right: operandArbitrary,
  }),
  fc.record({
    kind: fc.constant('between' as const),
    operand: operandArbitrary,
    lower: operandArbitrary,
    upper: operandArbitrary,
  }),
  fc.record({
    kind: fc.constant('in' as const),
    operand: operandArbitrary,
    list: fc.array(operandArbitrary, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('function' as const),
    name: fc.constantFrom('attribute_exists', 'attribute_not_exists'),
    operands: fc.tuple(pathArbitrary),
  }),
  fc.record({
    kind: fc.constant('function' as const),
    name: fc.constantFrom('begins_with', 'contains'),
    operands: fc.tuple(pathArbitrary, operandArbitrary),
  }),
)
const conditionArbitrary: fc.Arbitrary<ConditionNode> = fc.letrec<{ condition: ConditionNode }>(
  (tie) => ({
    condition: fc.oneof(
      { maxDepth: 5 },
      predicateArbitrary,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('condition'),
        right: tie('condition'),
      }),
      fc.record({ kind: fc.constant('not' as const), condition: tie('condition') }),
    ),
  }),
).condition

function printOperand(node: OperandNode): string {
  switch (node.kind) {
    case 'path': {
      const [first, ...rest] = node.elements
      return (
        first + rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
      )
    }
    case 'value':
      return node.placeholder
    case 'function':
      return `${node.name}(${node.operands.map(printOperand).join(', ')})`
    default:
      return unreachable(node)
  }
}

const levels = { or: 0, and: 1, not: 2 }

/** Prints with parentheses only where the precedence asks for them. */
function printCondition(node: ConditionNode, level: number = 0): string {
  switch (node.kind) {
    case 'comparison':
      return `${printOperand(node.left)} ${node.comparator} ${printOperand(node.right)}`
    case 'between': {
      const bounds = `${printOperand(node.lower)} AND ${printOperand(node.upper)}`
      return `${printOperand(node.operand)} BETWEEN ${bounds}`
    }
    case 'in':
      return `${printOperand(node.operand)} IN (${node.list.map(printOperand).join(', ')})`
    case 'function':
      return printOperand(node)
    case 'not':
      return `NOT ${printCondition(node.condition, levels.not)}`
    case 'and':
    case 'or': {
      const own = levels[node.kind]
      const left = printCondition(node.left, own)
      const text = `${left} ${node.kind.toUpperCase()} ${printCondition(node.right, own + 1)}`
      return own < level ? `(${text})` : text
    }
    default:
      return unreachable(node)
  }
}

test('a condition that is printed and parsed again is the same', () => {
  fc.assert(
    fc.property(conditionArbitrary, (condition) => {
      const text = printCondition(condition)
      fc.pre(text.length <= 4096)
      const parser = startParser('ConditionExpression', text)
      expect(parseCondition(parser)).toEqual(condition)
      expect(parser.hasRedundantParentheses).toBe(false)
    }),
    { numRuns: runsOf(500) },
  )
})

const setValueArbitrary: fc.Arbitrary<SetValueNode> = fc
  .letrec<{ operand: OperandNode }>((tie) => ({
    operand: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(pathArbitrary, valueArbitrary),
      fc.record({
        kind: fc.constant('function' as const),
        name: fc.constantFrom('if_not_exists', 'list_append'),
        operands: fc.tuple(tie('operand'), tie('operand')),
      }),
    ),
  }))
  .operand.chain((left) =>
    fc.oneof(
      fc.constant<SetValueNode>(left),
      fc
        .constantFrom('+' as const, '-' as const)
        .map((operator): SetValueNode => ({ kind: 'arithmetic', operator, left, right: left })),
    ),
  )
const updateArbitrary: fc.Arbitrary<UpdateActionNode[]> = fc
  .tuple(
    fc.array(
      fc.record({
        clause: fc.constant('SET' as const),
        path: pathArbitrary,
        value: setValueArbitrary,
      }),
      { maxLength: 3 },
    ),
    fc.array(fc.record({ clause: fc.constant('REMOVE' as const), path: pathArbitrary }), {
      maxLength: 3,
    }),
    fc.array(
      fc.record({
        clause: fc.constant('ADD' as const),
        path: pathArbitrary,
        value: valueArbitrary,
      }),
      { maxLength: 3 },
    ),
  )
  .map((clauses) => clauses.flat())
  .filter((actions) => actions.length > 0)

function printSetValue(value: SetValueNode): string {
  if (value.kind !== 'arithmetic') return printOperand(value)
  return `${printOperand(value.left)} ${value.operator} ${printOperand(value.right)}`
}

function printAction(action: UpdateActionNode): string {
  const path = printOperand(action.path)
  if (action.clause === 'SET') return `${path} = ${printSetValue(action.value)}`
  return action.clause === 'REMOVE' ? path : `${path} ${action.value.placeholder}`
}

function printUpdate(actions: readonly UpdateActionNode[]): string {
  return (['SET', 'REMOVE', 'ADD', 'DELETE'] as const)
    .map((clause) => {
      const own = actions.filter((action) => action.clause === clause)
      return own.length === 0 ? '' : `${clause} ${own.map(printAction).join(', ')}`
    })
    .join(' ')
}

test('an update that is printed and parsed again is the same', () => {
  fc.assert(
    fc.property(updateArbitrary, (actions) => {
      const text = printUpdate(actions)
      fc.pre(text.length <= 4096)
      expect(parseUpdate(startParser('UpdateExpression', text)).actions).toEqual(actions)
    }),
    { numRuns: runsOf(500) },
  )
})

const attributeValueArbitrary: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.record({ S: fc.constantFrom('', 'x', 'xy') }),
      fc.integer({ min: -3, max: 3 }).map((number) => ({ N: String(number) })),
      fc.record({ BOOL: fc.boolean() }),
      fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }).map((SS) => ({ SS })),
      fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
      fc.dictionary(fc.constantFrom('a', 'b', 'c1'), tie('value')).map((M) => ({ M })),
    ),
  }),
).value
const itemArbitrary: fc.Arbitrary<Item> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c1', 'd_'),
  attributeValueArbitrary,
)
const valuesArbitrary = fc.record({
  ':v': attributeValueArbitrary,
  ':w': attributeValueArbitrary,
  ':x': attributeValueArbitrary,
})

function contextOf(values: Record<string, AttributeValue>): ExpressionContext {
  return createExpressionContext(
    { ExpressionAttributeNames: { '#n': 'a', '#m': 'b' }, ExpressionAttributeValues: values },
    { reservedWords: 'refuse' },
  )
}

/** What `work` gives, or the ValidationException that it throws. */
function attempt<Result>(work: () => Result): Result | ApiError {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ApiError) || error.name !== 'ValidationException') throw error
    return error
  }
}

test('NOT NOT c is c, and NOT c is its opposite', () => {
  fc.assert(
    fc.property(conditionArbitrary, valuesArbitrary, itemArbitrary, (node, values, item) => {
      const text = printCondition(node, levels.not)
      fc.pre(text.length <= 4000)
      const context = contextOf(values)
      const compile = (prefix: string): boolean | ApiError =>
        attempt(() =>
          evaluateCondition(compileCondition('FilterExpression', prefix + text, context), item),
        )
      const plain = compile('')
      if (plain instanceof ApiError) {
        expect((compile('NOT ') as ApiError).message).toBe(plain.message)
      } else {
        expect(compile('NOT ')).toBe(!plain)
        expect(compile('NOT NOT ')).toBe(plain)
      }
    }),
    { numRuns: runsOf(500) },
  )
})

/** Updates that often apply: each attribute of `shapedItemArbitrary` at most once. */
const likelyUpdateArbitrary = fc
  .uniqueArray(
    fc.constantFrom(
      ['a', 'SET a = a + :one'],
      ['a', 'ADD a :one'],
      ['a', 'REMOVE a'],
      ['b', 'SET b = list_append(b, :list), b2 = b[0]'],
      ['b', 'SET b[0] = :list, b[7] = a, b[5] = :one'],
      ['b', 'REMOVE b[0], b[2]'],
      ['b', 'SET b[1] = :one REMOVE b[0]'],
      ['c1', 'SET c1.a = if_not_exists(c1.b, :one), c1.x = c1'],
      ['c1', 'REMOVE c1.a, c1.b'],
      ['c1', 'ADD c1.n :one, c1.s :set'],
      ['d_', 'ADD d_ :set'],
      ['d_', 'DELETE d_ :set'],
    ),
    { selector: ([name]) => name, minLength: 1 },
  )
  .map((picked) => mergeClauses(picked.map(([, text]) => text as string)))

/** One update of the texts, each clause of which may be in several of them. */
function mergeClauses(texts: readonly string[]): string {
  const clauses = new Map<string, string[]>()
  for (const text of texts) {
    for (const clause of text.split(/ (?=REMOVE )/)) {
      const [keyword] = clause.split(' ', 1) as [string]
      const actions = clauses.get(keyword) ?? []
      clauses.set(keyword, [...actions, clause.slice(keyword.length + 1)])
    }
  }
  return [...clauses].map(([keyword, actions]) => `${keyword} ${actions.join(', ')}`).join(' ')
}

const shapedItemArbitrary: fc.Arbitrary<Item> = fc.record({
  a: fc.integer().map((number) => ({ N: String(number) })),
  b: fc.array(attributeValueArbitrary, { minLength: 1, maxLength: 4 }).map((L) => ({ L })),
  c1: fc
    .dictionary(fc.constantFrom('a', 'b'), attributeValueArbitrary)
    .map((M): AttributeValue => ({ M })),
  d_: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }).map((SS) => ({ SS })),
})

test('updates that apply change nothing that they were given', () => {
  fc.assert(
    fc.property(likelyUpdateArbitrary, shapedItemArbitrary, (text, item) => {
      const used = ([name]: [string, AttributeValue]): boolean =>
        new RegExp(`${name}\\b`).test(text)
      const all: Record<string, AttributeValue> = {
        ':one': { N: '1' },
        ':list': { L: [{ S: 'new' }] },
        ':set': { SS: ['y', 'new'] },
      }
      const values = Object.fromEntries(Object.entries(all).filter(used))
      const context = createExpressionContext(
        { ExpressionAttributeValues: Object.keys(values).length === 0 ? undefined : values },
        { reservedWords: 'refuse' },
      )
      const update = compileUpdate(text, context)
      const before = JSON.stringify([item, key, values])
      const first = JSON.stringify(applyUpdate(update, item, key).item)
      expect(JSON.stringify([item, key, values])).toBe(before)
      expect(JSON.stringify(applyUpdate(update, item, key).item)).toBe(first)
    }),
    { numRuns: runsOf(1000) },
  )
})

const key: AttributeMap = { pk: { S: 'k' } }

test('any update changes neither the item nor the key nor its values', () => {
  fc.assert(
    fc.property(updateArbitrary, valuesArbitrary, itemArbitrary, (actions, values, item) => {
      contextOf(values)
      const before = JSON.stringify([item, key, values])
      const again = (): Item | undefined | ApiError =>
        attempt(() => {
          const update = compileUpdate(printUpdate(actions), contextOf(values))
          const after = applyUpdate(update, item, key).item
          updatedFragments(update, after)
          return after
        })
      const first = again()
      expect(JSON.stringify([item, key, values])).toBe(before)
      expect(JSON.stringify(again())).toBe(JSON.stringify(first))
    }),
    { numRuns: runsOf(2000) },
  )
})

/** The attributes of `item` that have these names. */
function onlyNames(item: Item, names: ReadonlySet<string>): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)))
}

test('a condition gives the same on the attributes that it reads as on the whole item', () => {
  fc.assert(
    fc.property(conditionArbitrary, valuesArbitrary, itemArbitrary, (node, values, item) => {
      const text = printCondition(node)
      fc.pre(text.length <= 4000)
      attempt(() => {
        const condition = compileCondition('FilterExpression', text, contextOf(values))
        const part = onlyNames(item, namesReadByCondition(condition))
        expect(evaluateCondition(condition, part)).toBe(evaluateCondition(condition, item))
      })
    }),
    { numRuns: runsOf(1000) },
  )
})

test('an update does the same to the attributes that it reads as to the whole item', () => {
  fc.assert(
    fc.property(updateArbitrary, valuesArbitrary, itemArbitrary, (actions, values, item) => {
      const update = attempt(() => compileUpdate(printUpdate(actions), contextOf(values)))
      if (update instanceof ApiError) return
      const names = namesReadByUpdate(update)
      const apply = (to: Item): Item | undefined | string => {
        const after = attempt(() => applyUpdate(update, to, key).item)
        return after instanceof ApiError ? after.message : after
      }
      const whole = apply(item)
      const part = apply(onlyNames(item, names))
      if (typeof whole !== 'object' || typeof part !== 'object') expect(part).toBe(whole)
      else {
        expect({ ...part }).toEqual(onlyNames(whole, names))
        for (const name of Object.keys(item))
          if (!names.has(name)) expect(whole[name]).toBe(item[name])
      }
    }),
    { numRuns: runsOf(2000) },
  )
})

test('a projection of all attributes gives the item', () => {
  fc.assert(
    fc.property(itemArbitrary, (item) => {
      const projection = compileProjection('a, b, c1, d_', contextOf({ ':v': { S: 'x' } }))
      expect({ ...projectItem(projection, item) }).toEqual(item)
    }),
  )
})

/** Texts that get further than random characters do. */
const garbageArbitrary = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...'a #n :v ( ) , . [ 0 ] = <> < >= + - AND OR NOT BETWEEN IN SET REMOVE ADD DELETE'.split(
          ' ',
        ),
        ...'size( contains( if_not_exists( list_append( attribute_exists( attribute_type('.split(
          ' ',
        ),
      ),
      { maxLength: 60 },
    )
    .map((pieces) => pieces.join(' ')),
)

function compileAll(text: string, context: ExpressionContext): void {
  attempt(() => compileCondition('ConditionExpression', text, context))
  attempt(() => compileKeyClauses(readKeyClauses(text, context)))
  attempt(() => compileProjection(text, context))
  attempt(() => compileUpdate(text, context))
}

test('no text gives anything but a result or a ValidationException', () => {
  fc.assert(
    fc.property(garbageArbitrary, valuesArbitrary, (text, values) => {
      compileAll(text, contextOf(values))
    }),
    { numRuns: runsOf(3000) },
  )
})

test.each([
  '(',
  ')',
  'NOT ',
  'NOT(',
  'a.',
  'a[',
  'size(',
  'a,',
  '#n,',
  'a(b,',
  'a=b OR ',
  '((a) OR ',
  'SET ',
])('the longest text of %j is read in bounded time', (piece) => {
  const context = contextOf({ ':v': { S: 'x' } })
  const text = piece.repeat(Math.floor(4000 / piece.length))
  const usedMs = measureProcessor()
  for (const prefix of ['', 'a = ', 'SET a = ', 'REMOVE ', 'ADD ']) {
    compileAll(prefix + text, context)
    compileAll(`${prefix + text}a`, context)
  }
  expect(usedMs()).toBeLessThan(1000)
})
