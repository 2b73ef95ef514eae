import fc from 'fast-check'

/*
 * What statements and expressions say alike: each text of a part is written twice, as PartiQL and as
 * an expression with placeholders.
 */

export type Value = Readonly<Record<string, unknown>>

/** Gathers what one request needs beside its texts. */
export class Writing {
  readonly parameters: Value[] = []
  readonly values: Record<string, Value> = {}
  #count = 0

  /** A value as a literal or a parameter of the statement, and as a placeholder. */
  value({ value, literal }: WrittenValue): readonly [statement: string, expression: string] {
    const placeholder = `:v${this.#count++}`
    this.values[placeholder] = value
    if (literal !== undefined) return [literal, placeholder]
    this.parameters.push(value)
    return ['?', placeholder]
  }
}

/** A value; with a literal it is written so, otherwise as a parameter. */
export interface WrittenValue {
  readonly value: Value
  readonly literal: string | undefined
}

const text = fc.constantFrom('', 'x', 'xy', "it's", '"', '?', '--', '/*')
const number = fc.oneof(fc.integer({ min: -3, max: 5 }).map(String), fc.constantFrom('0.5', '1e3'))
const quoted = (content: string): string => `'${content.replaceAll("'", "''")}'`

/** A number that both forms give back alike. */
const numberValue = number.map((N): WrittenValue => ({ value: { N }, literal: N }))
const textValue = text.map((S): WrittenValue => ({ value: { S }, literal: quoted(S) }))
const setValue = fc.oneof(
  fc
    .uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 3 })
    .map((SS): WrittenValue => ({ value: { SS }, literal: `<<${SS.map(quoted).join(', ')}>>` })),
  fc
    .uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 3 })
    .map((NS): WrittenValue => ({ value: { NS }, literal: `<<${NS.join(', ')}>>` })),
)
const plainValue = fc.oneof(
  numberValue,
  textValue,
  setValue,
  fc.boolean().map((BOOL): WrittenValue => ({ value: { BOOL }, literal: String(BOOL) })),
  fc.constant<WrittenValue>({ value: { NULL: true }, literal: 'null' }),
  fc.constant<WrittenValue>({ value: { B: 'AAEC' }, literal: undefined }),
)
export const listValue: fc.Arbitrary<WrittenValue> = fc
  .array(fc.oneof(numberValue, textValue), { maxLength: 3 })
  .map((members) => ({
    value: { L: members.map(({ value }) => value) },
    literal: `[${members.map(({ literal }) => literal).join(', ')}]`,
  }))
const mapValue = fc.tuple(numberValue, listValue).map(
  ([x, y]): WrittenValue => ({
    value: { M: { x: x.value, y: y.value } },
    literal: `{'x': ${x.literal}, 'y': ${y.literal}}`,
  }),
)

/** About as often a parameter as a literal. */
const mixed = (values: fc.Arbitrary<WrittenValue>): fc.Arbitrary<WrittenValue> =>
  fc
    .tuple(values, fc.boolean())
    .map(([each, isParameter]) => (isParameter ? { ...each, literal: undefined } : each))

export const anyValue: fc.Arbitrary<WrittenValue> = mixed(fc.oneof(plainValue, listValue, mapValue))
export const anySet: fc.Arbitrary<WrittenValue> = mixed(setValue)
export const anyNumber: fc.Arbitrary<WrittenValue> = mixed(numberValue)
export const anyList: fc.Arbitrary<WrittenValue> = mixed(listValue)

const names = fc.constantFrom('a', 'b', 'c', 'd')
const paths: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: names },
  { weight: 1, arbitrary: fc.constantFrom('c.x', 'c.y[0]', 'd[1]', 'gone') },
)

/** A piece of text that is written into both forms. */
export type Written = (writing: Writing) => readonly [statement: string, expression: string]

const both =
  (parts: TemplateStringsArray, ...inner: readonly Written[]): Written =>
  (writing) => {
    const [statement, expression] = [[parts[0] ?? ''], [parts[0] ?? '']]
    inner.forEach((write, i) => {
      const [first, second] = write(writing)
      statement?.push(first, parts[i + 1] ?? '')
      expression?.push(second, parts[i + 1] ?? '')
    })
    return [statement?.join('') ?? '', expression?.join('') ?? '']
  }

const same =
  (content: string): Written =>
  () => [content, content]
const valued =
  (value: WrittenValue): Written =>
  (writing) =>
    writing.value(value)

const operand: fc.Arbitrary<Written> = fc.oneof(
  { weight: 3, arbitrary: anyValue.map(valued) },
  { weight: 1, arbitrary: paths.map(same) },
  { weight: 1, arbitrary: paths.map((path) => same(`size(${path})`)) },
)
const types = {
  NULL: 'NULL',
  STRING: 'S',
  INT4: 'N',
  BOOL: 'BOOL',
  LIST: 'L',
  STRUCT: 'M',
  BLOB: 'B',
}

const predicate: fc.Arbitrary<Written> = fc.oneof(
  fc
    .tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand)
    .map(([left, comparator, right]) => both`${left} ${same(comparator)} ${right}`),
  fc
    .tuple(paths, operand, operand)
    .map(([path, lower, upper]) => both`${same(path)} BETWEEN ${lower} AND ${upper}`),
  fc
    .tuple(paths, anyValue, anyValue)
    .map(([path, one, two]) => both`${same(path)} IN (${valued(one)}, ${valued(two)})`),
  fc
    .tuple(fc.constantFrom('begins_with', 'contains'), paths, anyValue)
    .map(([name, path, value]) => both`${same(name)}(${same(path)}, ${valued(value)})`),
  paths.map(
    (path): Written =>
      () => [`${path} IS NOT MISSING`, `attribute_exists(${path})`],
  ),
  paths.map(
    (path): Written =>
      () => [`${path} IS MISSING`, `attribute_not_exists(${path})`],
  ),
  fc.tuple(paths, fc.constantFrom(...Object.entries(types))).map(
    ([path, [name, type]]): Written =>
      (writing) => {
        const [, placeholder] = writing.value({ value: { S: type }, literal: '' })
        return [`${path} IS ${name}`, `attribute_type(${path}, ${placeholder})`]
      },
  ),
)

/** A condition on attributes that are no keys. */
export const conditions: fc.Arbitrary<Written> = fc.letrec<{ any: Written }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    predicate,
    tie('any').map((inner) => both`NOT (${inner})`),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => both`${left} AND ${right}`),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => both`${left} OR ${right}`),
  ),
})).any

/** One clause of an update: as PartiQL, and as what stands behind SET, REMOVE, ADD or DELETE. */
export interface WrittenClause {
  readonly clause: 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
  readonly written: Written
}

const set = (written: Written): WrittenClause => ({ clause: 'SET', written })

/** `set_add` and `set_delete` are what ADD and DELETE do with sets. */
function setFunction(
  name: 'set_add' | 'set_delete',
  path: string,
  value: WrittenValue,
): WrittenClause {
  const clause = name === 'set_add' ? 'ADD' : 'DELETE'
  return {
    clause,
    written: (writing) => {
      const [statement, expression] = writing.value(value)
      return [`${path} = ${name}(${path}, ${statement})`, `${path} ${expression}`]
    },
  }
}

export const clauses: fc.Arbitrary<WrittenClause> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(names, anyValue)
      .map(([name, value]) => set(both`${same(name)} = ${valued(value)}`)),
  },
  {
    weight: 3,
    arbitrary: names.map((name) => ({ clause: 'REMOVE' as const, written: same(name) })),
  },
  fc.tuple(paths, anyValue).map(([path, value]) => set(both`${same(path)} = ${valued(value)}`)),
  fc.tuple(paths, paths).map(([path, other]) => set(both`${same(path)} = ${same(other)}`)),
  fc
    .tuple(paths, paths, fc.constantFrom('+', '-'), anyNumber)
    .map(([path, other, sign, value]) =>
      set(both`${same(path)} = ${same(other)} ${same(sign)} ${valued(value)}`),
    ),
  fc
    .tuple(paths, paths, anyList)
    .map(([path, other, value]) =>
      set(both`${same(path)} = list_append(${same(other)}, ${valued(value)})`),
    ),
  paths.map((path): WrittenClause => ({ clause: 'REMOVE', written: same(path) })),
  fc
    .tuple(fc.constantFrom('set_add' as const, 'set_delete' as const), paths, anySet)
    .map(([name, path, value]) => setFunction(name, path, value)),
)
