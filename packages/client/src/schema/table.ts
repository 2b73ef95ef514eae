import { TableDefinitionError } from '../errors/tableDefinitionError.ts'
import type { Attributes } from './attribute.ts'
import { Entity, type AnyEntity } from './entity.ts'
import type { FieldNames, ShapeOf } from './keyFields.ts'
import { KeyTemplate } from './keyTemplate.ts'
import type { Index, TableShape } from './tableShape.ts'

/** How an entity is declared. */
export interface EntitySettings {
  /**
   * A template for each key attribute of the table, and for those of indexes that items are to be
   * in.
   */
  readonly keys: Readonly<Record<string, string>>
  readonly attributes?: Attributes
}

type Indexes = Readonly<Record<string, Index>>
type Entities = Readonly<Record<string, EntitySettings>>
type AttributesIn<E extends EntitySettings> = E['attributes'] extends Attributes
  ? E['attributes']
  : Readonly<Record<never, never>>

type KeyAttributes<P extends string, S extends string, I extends Indexes> =
  | P
  | S
  | { [K in keyof I]: I[K]['partitionKey'] | (I[K]['sortKey'] & string) }[keyof I]

type PrimaryFields<P extends string, S extends string, E extends EntitySettings> = FieldNames<
  E['keys'][P | S]
>

/** Entities by the form of their keys: a form with two of them is a mistake. */
type EntitiesByForm<P extends string, S extends string, E extends Entities> = {
  [Name in keyof E as `${ShapeOf<E[Name]['keys'][P]>} ${ShapeOf<E[Name]['keys'][S]>}`]: Name
}

type IsUnion<T, Whole = T> = [T] extends [never]
  ? false
  : T extends unknown
    ? [Whole] extends [T]
      ? false
      : true
    : never

type CheckedKey<Template, Known extends string> = Template extends string
  ? [Exclude<FieldNames<Template>, Known>] extends [never]
    ? string
    : `{${Exclude<FieldNames<Template>, Known>}} is no attribute and not in the key of the table`
  : never

type CheckedKeys<P extends string, S extends string, K extends string, E extends EntitySettings> = {
  readonly [Name in P | S]: string
} & {
  readonly [Name in keyof E['keys']]: Name extends P | S
    ? string
    : Name extends K
      ? CheckedKey<E['keys'][Name], PrimaryFields<P, S, E> | (keyof AttributesIn<E> & string)>
      : 'no index has this key attribute'
}

/** Names that no attribute may have: those of key attributes, and of the values of the key. */
type Taken<P extends string, S extends string, K extends string, E extends EntitySettings> = {
  readonly [Name in keyof E['attributes'] &
    (K | PrimaryFields<P, S, E>)]: 'this name is one of the key'
}

type CheckedEntities<
  P extends string,
  S extends string,
  K extends string,
  E extends Entities,
  Forms = EntitiesByForm<P, S, E>,
> = {
  readonly [Name in keyof E]: {
    readonly keys: CheckedKeys<P, S, K, E[Name]>
    readonly attributes?: Taken<P, S, K, E[Name]>
  } & (IsUnion<
    Forms[`${ShapeOf<E[Name]['keys'][P]>} ${ShapeOf<E[Name]['keys'][S]>}` & keyof Forms]
  > extends true
    ? { readonly keys: 'another entity has keys of the same form' }
    : unknown)
}

/** The entities of a table, by name. */
export type EntitiesOf<
  P extends string,
  S extends string,
  I extends Indexes,
  E extends Entities,
> = {
  readonly [Name in keyof E & string]: Entity<{
    readonly name: Name
    readonly partitionKey: P
    readonly sortKey: S
    readonly indexes: I
    readonly keys: E[Name]['keys']
    readonly attributes: AttributesIn<E[Name]>
  }>
}

/** A table and what is in it. */
export interface Table<E = Readonly<Record<string, AnyEntity>>> extends TableShape {
  readonly entities: E
}

/** How a table is declared. */
export interface TableSettings<P, S, I, E> {
  /** The name that requests have, unless the client gives it another one. */
  readonly name: string
  readonly partitionKey: P
  readonly sortKey: S
  readonly indexes?: I
  readonly entities: E
}

/**
 * Declares a table, its keys and indexes, and its entities. The compiler checks that templates use
 * what there is and that no two entities have keys of the same form.
 *
 * @throws TableDefinitionError for what the compiler was not asked about
 */
export function defineTable<
  const P extends string,
  const S extends string,
  const E extends Entities,
  const I extends Indexes = Readonly<Record<never, never>>,
>(
  settings: TableSettings<P, S, I, E & CheckedEntities<P, S, KeyAttributes<P, S, I>, E>>,
): Table<EntitiesOf<P, S, I, E>> {
  const { name, partitionKey, sortKey, indexes = {} } = settings
  const shape: TableShape = { name, partitionKey, sortKey, indexes }
  const declared: Entities = settings.entities
  const entities = Object.entries(declared).map(([each, entity]) => makeEntity(each, shape, entity))
  findRivals(entities)
  const byName = Object.fromEntries(entities.map((entity) => [entity.name, entity]))
  return { ...shape, entities: byName as unknown as EntitiesOf<P, S, I, E> }
}

/** The attributes that are keys of the table or of one of its indexes. */
export function keyAttributesOf({ partitionKey, sortKey, indexes }: TableShape): readonly string[] {
  const ofIndexes = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])
  const all = [partitionKey, sortKey, ...ofIndexes]
  return [...new Set(all.filter((attribute) => attribute !== undefined))]
}

function makeEntity(name: string, table: TableShape, settings: EntitySettings): AnyEntity {
  const { keys, attributes = {} } = settings
  const refuse = (why: string): never => {
    throw new TableDefinitionError(`The entity ${name} ${why}.`)
  }
  const known = keyAttributesOf(table)
  for (const attribute of [table.partitionKey, table.sortKey]) {
    if (!Object.hasOwn(keys, attribute)) refuse(`has no template for ${attribute}`)
  }
  for (const attribute of Object.keys(keys)) {
    if (!known.includes(attribute)) refuse(`has a template for ${attribute}, which is no key`)
  }
  const templates = new Map(
    Object.entries(keys).map(([attribute, text]) => [attribute, new KeyTemplate(text)]),
  )
  const entity = new Entity({ name, table, templates, attributes })
  for (const attribute of Object.keys(attributes)) {
    if (known.includes(attribute) || entity.keyFields.includes(attribute)) {
      refuse(`has an attribute ${attribute}, which is a name of its key`)
    }
    if (/[.[\]]/.test(attribute)) refuse(`has an attribute ${attribute}, whose name is not a word`)
  }
  for (const [attribute, template] of templates) {
    for (const { name: field } of template.placeholders) {
      if (entity.keyFields.includes(field) || Object.hasOwn(attributes, field)) continue
      refuse(
        `has {${field}} in ${attribute}, which is neither in the key of the table nor an attribute`,
      )
    }
  }
  return entity
}

/** Tells each entity of those whose keys may look like its own. */
function findRivals(entities: readonly AnyEntity[]): void {
  for (const entity of entities) {
    const rivals = entities.filter((other) => other !== entity && mayMeet(entity, other))
    for (const rival of rivals) {
      if (formOf(rival) !== formOf(entity)) continue
      throw new TableDefinitionError(
        `The keys of ${entity.name} and ${rival.name} have the same form: ${formOf(entity)}.`,
      )
    }
    entity.rivals = rivals
  }
}

const primaryTemplates = (entity: AnyEntity): readonly KeyTemplate[] =>
  [entity.table.partitionKey, entity.table.sortKey].map((each) => entity.template(each))

const formOf = (entity: AnyEntity): string =>
  primaryTemplates(entity)
    .map(({ shape }) => shape)
    .join(', ')

function mayMeet(first: AnyEntity, second: AnyEntity): boolean {
  const others = primaryTemplates(second)
  return primaryTemplates(first).every((template, i) => {
    const [one, other] = [template.prefix, others[i]?.prefix ?? '']
    return one.startsWith(other) || other.startsWith(one)
  })
}
