import fc from 'fast-check'
import {
  freeNames,
  indexAttributesOf,
  keyValue,
  listValue,
  noKeyValue,
  number,
  orderedValue,
  seldom,
  setValue,
  text,
  value,
  valueOfAttribute,
  vectorNamesOf,
  vectorValue,
} from './arbitraryItems.ts'
import type { Type, Value } from './attributes.ts'
import { order, withCanonicalValues } from './comparisons.ts'
import type { Comparator, Condition, Operand } from './conditions.ts'
import { clash, samePath, type Path } from './documentPaths.ts'
import { keyAttributesOf, type TableDefinition } from './tables.ts'
import type { SetValue, Update, UpdateAction } from './updates.ts'

/*
 * Expressions that are sound by themselves: what is wrong with them, if anything, shows on the
 * item. An expression that the server refuses whatever the item is has its tests beside the
 * server's parser.
 */

const memberName = fc.constantFrom('x', 'y', 'constructor')
const position = fc.constantFrom(0, 1, 2, 7)

/**
 * Paths as favourite values have them: members of b, elements of c; and some that hardly lead
 * anywhere.
 */
const freePath: fc.Arbitrary<Path> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...freeNames).map((name): Path => [name]) },
  { weight: 3, arbitrary: memberName.map((name): Path => ['b', name]) },
  { weight: 3, arbitrary: position.map((at): Path => ['c', at]) },
  fc.tuple(memberName, fc.oneof(memberName, position)).map((rest): Path => ['b', ...rest]),
  fc.tuple(position, fc.oneof(memberName, position)).map((rest): Path => ['c', ...rest]),
  fc.tuple(fc.constantFrom('a', 'd'), fc.oneof(memberName, position)).map((path): Path => path),
)

/** Paths of an item; keys are mostly for conditions. */
function pathOf(
  definition: TableDefinition,
  keys: 'with keys' | 'without keys',
): fc.Arbitrary<Path> {
  const names = indexAttributesOf(definition).map(({ name }) => name)
  if (keys === 'with keys') names.push(...keyAttributesOf(definition).map(({ name }) => name))
  if (names.length === 0) return freePath
  const keyPath = fc.constantFrom(...names).map((name): Path => [name])
  return fc.oneof({ weight: 4, arbitrary: freePath }, { weight: 1, arbitrary: keyPath })
}

/** Paths that can stand in one expression. */
function withoutClashes<T extends { readonly path: Path }>(parts: readonly T[]): T[] {
  const kept: T[] = []
  for (const part of parts) if (!kept.some(({ path }) => clash(path, part.path))) kept.push(part)
  return kept
}

export function projection(definition: TableDefinition): fc.Arbitrary<readonly Path[]> {
  return fc
    .array(pathOf(definition, 'with keys'), { minLength: 1, maxLength: 4 })
    .map((paths) => withoutClashes(paths.map((path) => ({ path }))).map(({ path }) => path))
}

const constant = (values: fc.Arbitrary<Value>): fc.Arbitrary<Operand> =>
  values.map((each) => ({ kind: 'value', value: each }))

const types: readonly Type[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']

/** A condition on an item, or a filter. */
export function condition(
  definition: TableDefinition,
  keys: 'with keys' | 'without keys' = 'with keys',
): fc.Arbitrary<Condition> {
  const path = pathOf(definition, keys)
  const onPath = path.chain((each) => conditionOn(each, path))
  const whole = fc.letrec<{ any: Condition }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      onPath,
      tie('any').map((inner): Condition => ({ kind: 'not', condition: inner })),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('any'),
        right: tie('any'),
      }),
    ),
  })).any
  if (keys === 'without keys') return whole
  const { name } = definition.partitionKey
  const existence: fc.Arbitrary<Condition> = fc.record({
    kind: fc.constantFrom('attribute_exists' as const, 'attribute_not_exists' as const),
    path: fc.constant<Path>([name]),
  })
  return fc.oneof({ weight: 2, arbitrary: whole }, { weight: 1, arbitrary: existence })
}

/** A condition whose first operand is `path`, or what its attribute is compared with. */
function conditionOn(path: Path, otherPath: fc.Arbitrary<Path>): fc.Arbitrary<Condition> {
  const name = path[0] as string
  const own: Operand = { kind: 'path', path }
  const subject = fc.constantFrom<Operand>(own, own, { kind: 'size', path })
  /** An operand that is another path, or the constant where it would be the same. */
  const orPath = (values: fc.Arbitrary<Value>): fc.Arbitrary<Operand> =>
    seldom(
      fc.tuple(otherPath, values).map(([other, each]): Operand => {
        if (samePath(other, path)) return { kind: 'value', value: each }
        return { kind: 'path', path: other }
      }),
      constant(values),
      5,
    )
  const likely = freeNames.includes(name) ? valueOfAttribute(name) : orderedValue
  const comparison = fc
    .tuple(subject, fc.constantFrom<Comparator>('=', '<>'), orPath(likely), fc.boolean())
    .map(([left, comparator, right, swap]) => compared(left, comparator, right, swap))
  const ordering = fc
    .tuple(
      subject,
      fc.constantFrom<Comparator>('<', '<=', '>', '>='),
      orPath(orderedValue),
      fc.boolean(),
    )
    .map(([left, comparator, right, swap]) => compared(left, comparator, right, swap))
  return fc.oneof(
    comparison,
    ordering,
    fc.record({
      kind: fc.constantFrom('attribute_exists' as const, 'attribute_not_exists' as const),
      path: fc.constant(path),
    }),
    fc.record({
      kind: fc.constant('attribute_type' as const),
      operand: seldom(constant(value), fc.constant(own), 5),
      type: fc.constantFrom(...types),
    }),
    fc.tuple(subject, bounds).map(([operand, [lower, upper]]): Condition => {
      return { kind: 'between', operand, lower, upper }
    }),
    fc.record({
      kind: fc.constant('in' as const),
      operand: subject,
      list: fc.array(orPath(likely), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('begins_with' as const),
      operand: fc.constant(own),
      part: orPath(text.map((S): Value => ({ S }))),
    }),
    fc.record({
      kind: fc.constant('contains' as const),
      operand: fc.constant(own),
      part: orPath(fc.oneof(orderedValue, value)),
    }),
  )
}

function compared(left: Operand, comparator: Comparator, right: Operand, swap: boolean): Condition {
  return swap
    ? { kind: 'compare', comparator, left: right, right: left }
    : { kind: 'compare', comparator, left, right }
}

/** Constant bounds of one type, the lower one first. */
const bounds: fc.Arbitrary<[Operand, Operand]> = fc
  .tuple(orderedValue, orderedValue)
  .map(([one, two]) => {
    const rank = order(withCanonicalValues(one), withCanonicalValues(two))
    const [lower, upper] = rank === undefined ? [one, one] : rank > 0 ? [two, one] : [one, two]
    return [
      { kind: 'value', value: lower },
      { kind: 'value', value: upper },
    ]
  })

/** An update whose paths do not clash, its actions grouped by their clauses. Never empty. */
export function update(definition: TableDefinition): fc.Arbitrary<Update> {
  return fc.array(updateAction(definition), { minLength: 1, maxLength: 3 }).map((actions) => {
    const clauses = [...new Set(actions.map(({ clause }) => clause))]
    const kept = withoutClashes(actions)
    return clauses.flatMap((clause) => kept.filter((action) => action.clause === clause))
  })
}

function updateAction(definition: TableDefinition): fc.Arbitrary<UpdateAction> {
  const path = pathOf(definition, 'without keys')
  const anyPath = pathOf(definition, 'with keys')
  const set = fc.tuple(freePath, assigned(anyPath)).map(([to, right]): UpdateAction => {
    return { clause: 'SET', path: to, value: right }
  })
  const mostly = (name: string): fc.Arbitrary<Path> =>
    fc.oneof({ weight: 2, arbitrary: fc.constant<Path>([name]) }, path)
  const others: fc.Arbitrary<UpdateAction>[] = [
    fc.record({ clause: fc.constant('REMOVE' as const), path }),
    fc.record({
      clause: fc.constant('ADD' as const),
      path: mostly('a'),
      value: number.map((N): Value => ({ N })),
    }),
    fc.record({
      clause: fc.constantFrom('ADD' as const, 'DELETE' as const),
      path: mostly('d'),
      value: setValue,
    }),
  ]
  const usual = fc.oneof(
    { weight: 3, arbitrary: set },
    ...others,
    ...indexKeySets(definition),
    ...vectorSets(definition),
  )
  return seldom(keySet(definition), usual, 60)
}

/** SET of an index's key attribute, seldom to a value that is no key or to a key of the table. */
function indexKeySets(definition: TableDefinition): fc.Arbitrary<UpdateAction>[] {
  const tableKey = fc
    .constantFrom(...keyAttributesOf(definition))
    .map(({ name }): SetValue => ({ kind: 'path', path: [name] }))
  return indexAttributesOf(definition).map((attribute) => {
    const values = seldom(noKeyValue(attribute), keyValue(attribute))
    const fixed = values.map((each): SetValue => ({ kind: 'value', value: each }))
    return seldom(tableKey, fixed, 5).map(
      (each): UpdateAction => ({ clause: 'SET', path: [attribute.name], value: each }),
    )
  })
}

/** SET of a vector, of one of its elements, and its REMOVE. */
function vectorSets(definition: TableDefinition): fc.Arbitrary<UpdateAction>[] {
  return vectorNamesOf(definition).map((name) => {
    const set = (path: Path, each: Value): UpdateAction => ({
      clause: 'SET',
      path,
      value: { kind: 'value', value: each },
    })
    return fc.oneof(
      { weight: 3, arbitrary: vectorValue.map((each) => set([name], each)) },
      { weight: 1, arbitrary: number.map((N) => set([name, 1], { N })) },
      { weight: 1, arbitrary: fc.constant<UpdateAction>({ clause: 'REMOVE', path: [name] }) },
    )
  })
}

/** SET of a key attribute of the table, which is never allowed. */
function keySet(definition: TableDefinition): fc.Arbitrary<UpdateAction> {
  return fc.constantFrom(...keyAttributesOf(definition)).map(({ name }) => ({
    clause: 'SET',
    path: [name],
    value: { kind: 'value', value: { S: 'p' } },
  }))
}

function assigned(path: fc.Arbitrary<Path>): fc.Arbitrary<SetValue> {
  const attribute = path.map((each): SetValue => ({ kind: 'path', path: each }))
  const fixed = (values: fc.Arbitrary<Value>): fc.Arbitrary<SetValue> =>
    values.map((each) => ({ kind: 'value', value: each }))
  const orDefault = (values: fc.Arbitrary<Value>): fc.Arbitrary<SetValue> =>
    fc.record({
      kind: fc.constant('if_not_exists' as const),
      path,
      otherwise: fc.oneof(fixed(values), attribute),
    })
  const operand = (values: fc.Arbitrary<Value>): fc.Arbitrary<SetValue> =>
    fc.oneof({ weight: 2, arbitrary: fixed(values) }, attribute, orDefault(values))
  const numeric = operand(number.map((N): Value => ({ N })))
  const listed = operand(listValue)
  return fc.oneof(
    { weight: 3, arbitrary: fixed(value) },
    { weight: 1, arbitrary: attribute },
    { weight: 1, arbitrary: orDefault(value) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('+' as const, '-' as const),
        left: numeric,
        right: numeric,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('list_append' as const),
        left: listed,
        right: listed,
      }),
    },
  )
}
