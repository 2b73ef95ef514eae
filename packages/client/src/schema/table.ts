import { TableDefinitionError } from '../errors/tableDefinitionError.ts'
import type { Attributes } from './attribute.ts'
import { Entity, type AnyEntity } from './entity.ts'
import type { FieldNames, ShapeOf } from './keyFields.ts'
import { KeyTemplate } from './keyTemplate.ts'
import type { Index, TableShape } from './tableShape.ts'

/** How an entity is declared. */
export interface EntitySettings<KeyAttribute extends string = string> {
  /** A template for each key attribute of the table, and for those of indexes with its items. */
  readonly keys: { readonly [Name in KeyAttribute]: string } & Readonly<Record<string, string>>
  readonly attributes?: Attributes
}

type Indexes = Readonly<Record<string, Index>>
type Entities<KeyAttribute extends string> = Readonly<Record<string, EntitySettings<KeyAttribute>>>
type AttributesIn<E extends EntitySettings> = E['attributes'] extends Attributes
  ? E['attributes']
  : Readonly<Record<never, never>>

type IndexAttributes<I extends Indexes> = {
  [K in keyof I]: I[K]['partitionKey'] | (I[K]['sortKey'] & string)
}[keyof I]

/** The form of the primary key of an entity. */
type FormOf<P extends string, S extends string, E extends EntitySettings<P | S>> = `${ShapeOf<
  E['keys'][P]
>} ${ShapeOf<E['keys'][S]>}`

/** Entities by the form of their keys: a form with two of them is a mistake. */
type NamesByForm<P extends string, S extends string, E extends Entities<P | S>> = {
  [Name in keyof E as FormOf<P, S, E[Name]>]: Name
}

/** A template of an index, or what is wrong with it. */
type CheckedKey<Template extends string, Known> =
  FieldNames<Template> extends Known
    ? string
    : `{${Exclude<FieldNames<Template>, Known>}} is no attribute and not in the key of the table`

type CheckedKeys<
  Known,
  K extends string,
  Extra extends string,
  Keys extends Readonly<Record<string, string>>,
> = {
  readonly [Name in Extra]: Name extends K
    ? CheckedKey<Keys[Name], Known>
    : 'no index has this key attribute'
}

/** What is wrong with an entity whose primary key, of the attributes `P`, is made of `Fields`. */
type CheckedEntity<Fields, P extends string, K extends string, E extends EntitySettings> = {
  readonly keys: Exclude<keyof E['keys'], P> extends infer Extra extends string
    ? [Extra] extends [never]
      ? unknown
      : CheckedKeys<Fields | keyof E['attributes'], K, Extra, E['keys']>
    : never
  readonly attributes?: keyof E['attributes'] & (Fields | P | K) extends infer Taken extends string
    ? [Taken] extends [never]
      ? unknown
      : { readonly [Name in Taken]: 'this name is one of the key' }
    : never
}

/**
 * What is wrong with entities: a type that those that are in order have. `Names` is looked into
 * without asking for its keys, which would cost as much for each entity as there are entities.
 */
type CheckedEntities<
  P extends string,
  S extends string,
  K extends string,
  E extends Entities<P | S>,
  Names extends Readonly<Record<string, unknown>> = NamesByForm<P, S, E>,
> = {
  readonly [Name in keyof E]: Names[FormOf<P, S, E[Name]>] extends Name
    ? CheckedEntity<FieldNames<E[Name]['keys'][P | S]>, P | S, K, E[Name]>
    : { readonly keys: 'another entity has keys of the same form' }
}

/** The entities of a table, by name. */
export type EntitiesOf<
  P extends string,
  S extends string,
  I extends Indexes,
  E extends Entities<P | S>,
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
  const E extends Entities<P | S>,
  const I extends Indexes = Readonly<Record<never, never>>,
>(
  settings: TableSettings<P, S, I, E & CheckedEntities<P, S, IndexAttributes<I>, E>>,
): Table<EntitiesOf<P, S, I, E>> {
  const { name, partitionKey, sortKey, indexes = {} } = settings
  const shape: TableShape = { name, partitionKey, sortKey, indexes }
  const declared: Entities<string> = settings.entities
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
