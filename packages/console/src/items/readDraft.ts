/** The types that an operand is typed in as; those of documents as DynamoDB JSON. */
export const operandTypes = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const
export type OperandType = (typeof operandTypes)[number]

export const sortOperators = ['=', '<', '<=', '>', '>=', 'between', 'begins_with'] as const
export type SortOperator = (typeof sortOperators)[number]

export const filterOperators = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'in',
  'begins_with',
  'contains',
  'not contains',
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'size =',
  'size <',
  'size >',
] as const
export type FilterOperator = (typeof filterOperators)[number]

/** One condition that items are filtered by. */
export interface FilterDraft {
  /** A document path, such as `address.lines[0]`. */
  readonly path: string
  readonly operator: FilterOperator
  readonly type: OperandType
  readonly value: string
  /** The upper end of `between`. */
  readonly upper: string
}

/** What is read of a table, as it is typed in and stands in the address. */
export interface ReadDraft {
  readonly mode: 'scan' | 'query'
  /** Empty for the table itself. */
  readonly index: string
  readonly partitionValue: string
  readonly sortOperator: SortOperator
  /** Empty for all sort keys. */
  readonly sortValue: string
  readonly sortUpper: string
  readonly isDescending: boolean
  readonly isConsistent: boolean
  readonly filters: readonly FilterDraft[]
  readonly limit: string
}

export const newRead: ReadDraft = {
  mode: 'scan',
  index: '',
  partitionValue: '',
  sortOperator: '=',
  sortValue: '',
  sortUpper: '',
  isDescending: false,
  isConsistent: false,
  filters: [],
  limit: '50',
}

export const newFilter: FilterDraft = {
  path: '',
  operator: '=',
  type: 'S',
  value: '',
  upper: '',
}

/** A draft as members of an address; those that are as in {@link newRead} are left out. */
export function readToQuery(draft: ReadDraft): Record<string, string | undefined> {
  const { filters, isDescending, isConsistent, ...texts } = draft
  const members = Object.entries(texts).map(([name, value]) => {
    const isUsual = value === newRead[name as keyof typeof texts]
    return [name, isUsual ? undefined : value] as const
  })
  return {
    ...Object.fromEntries(members),
    ...(isDescending && { order: 'descending' }),
    ...(isConsistent && { read: 'consistent' }),
    ...(filters.length > 0 && { filters: JSON.stringify(filters) }),
  }
}

/** The draft in an address; what is none of it is as in {@link newRead}. */
export function readFromQuery(query: URLSearchParams): ReadDraft {
  const text = (name: 'index' | 'partitionValue' | 'sortValue' | 'sortUpper' | 'limit'): string =>
    query.get(name) ?? newRead[name]
  return {
    mode: query.get('mode') === 'query' ? 'query' : 'scan',
    index: text('index'),
    partitionValue: text('partitionValue'),
    sortOperator: sortOperators.find((each) => each === query.get('sortOperator')) ?? '=',
    sortValue: text('sortValue'),
    sortUpper: text('sortUpper'),
    isDescending: query.get('order') === 'descending',
    isConsistent: query.get('read') === 'consistent',
    filters: filtersFrom(query.get('filters')),
    limit: text('limit'),
  }
}

function filtersFrom(text: string | null): readonly FilterDraft[] {
  if (text === null) return []
  try {
    const given: unknown = JSON.parse(text)
    return Array.isArray(given) ? given.flatMap(filterFrom) : []
  } catch {
    return []
  }
}

function filterFrom(given: unknown): FilterDraft[] {
  if (typeof given !== 'object' || given === null) return []
  const { path, operator, type, value, upper } = given as Record<string, unknown>
  const textOf = (member: unknown): string => (typeof member === 'string' ? member : '')
  return [
    {
      path: textOf(path),
      operator: filterOperators.find((each) => each === operator) ?? '=',
      type: operandTypes.find((each) => each === type) ?? 'S',
      value: textOf(value),
      upper: textOf(upper),
    },
  ]
}
