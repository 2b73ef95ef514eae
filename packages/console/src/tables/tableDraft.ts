import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  Projection,
} from '@aws-sdk/client-dynamodb'

export type KeyType = 'S' | 'N' | 'B'

/** A key attribute as it is typed in; an empty name for none. */
export interface KeyDraft {
  readonly name: string
  readonly type: KeyType
}

export interface IndexDraft {
  readonly kind: 'global' | 'local'
  readonly name: string
  readonly partitionKey: KeyDraft
  readonly sortKey: KeyDraft
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
  /** Of INCLUDE, with commas between them. */
  readonly included: string
}

export type StreamView = 'NONE' | 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** A table that is being made. */
export interface TableDraft {
  readonly name: string
  readonly partitionKey: KeyDraft
  readonly sortKey: KeyDraft
  readonly indexes: readonly IndexDraft[]
  readonly billing: 'PAY_PER_REQUEST' | 'PROVISIONED'
  readonly readUnits: string
  readonly writeUnits: string
  readonly timeToLive: string
  readonly stream: StreamView
  readonly isProtected: boolean
}

export const noKey: KeyDraft = { name: '', type: 'S' }

export const newIndex: IndexDraft = {
  kind: 'global',
  name: '',
  partitionKey: noKey,
  sortKey: noKey,
  projection: 'ALL',
  included: '',
}

export const newTable: TableDraft = {
  name: '',
  partitionKey: noKey,
  sortKey: noKey,
  indexes: [],
  billing: 'PAY_PER_REQUEST',
  readUnits: '5',
  writeUnits: '5',
  timeToLive: '',
  stream: 'NONE',
  isProtected: false,
}

/**
 * The CreateTable request of a draft. What the draft says wrongly, such as a name that is none, is
 * the database's to refuse; time to live is a request of its own, after this one.
 */
export function createTableInput(draft: TableDraft): CreateTableCommandInput {
  const { name, partitionKey, sortKey, indexes, billing, stream, isProtected } = draft
  const locals = indexes.filter(({ kind }) => kind === 'local')
  const globals = indexes.filter(({ kind }) => kind === 'global')
  const throughput = throughputOf(draft)
  return {
    TableName: name,
    KeySchema: keySchema(partitionKey, sortKey),
    AttributeDefinitions: attributeDefinitions(draft),
    BillingMode: billing,
    ...throughput,
    ...(locals.length > 0 && {
      LocalSecondaryIndexes: locals.map((index) => localIndex(index, partitionKey)),
    }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => ({ ...globalIndex(index), ...throughput })),
    }),
    ...(stream !== 'NONE' && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
    }),
    ...(isProtected && { DeletionProtectionEnabled: true }),
  }
}

function throughputOf({ billing, readUnits, writeUnits }: TableDraft) {
  if (billing === 'PAY_PER_REQUEST') return {}
  const units = { ReadCapacityUnits: Number(readUnits), WriteCapacityUnits: Number(writeUnits) }
  return { ProvisionedThroughput: units }
}

export function keySchema(partitionKey: KeyDraft, sortKey: KeyDraft): KeySchemaElement[] {
  const schema: KeySchemaElement[] = [{ AttributeName: partitionKey.name, KeyType: 'HASH' }]
  if (sortKey.name !== '') schema.push({ AttributeName: sortKey.name, KeyType: 'RANGE' })
  return schema
}

/** Each attribute that is in a key, once; of two types for one name the first is taken. */
function attributeDefinitions({ partitionKey, sortKey, indexes }: TableDraft) {
  const keys = [
    partitionKey,
    sortKey,
    ...indexes.flatMap((index) =>
      index.kind === 'local' ? [index.sortKey] : [index.partitionKey, index.sortKey],
    ),
  ]
  return definitionsOf(keys)
}

export function definitionsOf(keys: readonly KeyDraft[]): AttributeDefinition[] {
  const types = new Map<string, KeyType>()
  for (const { name, type } of keys) if (name !== '' && !types.has(name)) types.set(name, type)
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }))
}

function projectionOf({ projection, included }: IndexDraft): Projection {
  if (projection !== 'INCLUDE') return { ProjectionType: projection }
  const names = included.split(',').map((name) => name.trim())
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: names.filter((name) => name !== '') }
}

function localIndex(index: IndexDraft, partitionKey: KeyDraft): LocalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(partitionKey, index.sortKey),
    Projection: projectionOf(index),
  }
}

export function globalIndex(index: IndexDraft): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, index.sortKey),
    Projection: projectionOf(index),
  }
}
