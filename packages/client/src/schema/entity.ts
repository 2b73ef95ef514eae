import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { InvalidKeyError } from '../errors/invalidKeyError.ts'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import { StoredItemError } from '../errors/storedItemError.ts'
import { decodeMembers, encodeMembers } from '../values/documentCodecs.ts'
import {
  filledWith,
  type Attribute,
  type Attributes,
  type Fill,
  type InputOf,
  type Shown,
  type ValueOf,
  type ValuesOf,
} from './attribute.ts'
import type { FieldsOf, LeadingFieldsOf } from './keyFields.ts'
import type { FieldValues, KeyTemplate } from './keyTemplate.ts'
import type { Index, TableShape } from './tableShape.ts'

/** An item as DynamoDB has it. */
export type StoredItem = Record<string, AttributeValue>

/** What the compiler knows of an entity. */
export interface EntityTypes {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
  readonly indexes: Readonly<Record<string, Index>>
  readonly keys: Readonly<Record<string, string>>
  readonly attributes: Attributes
}

/** The key templates of an entity, by key attribute. */
export type Templates = ReadonlyMap<string, KeyTemplate>

/** An item that comes with a failure, or why it cannot be shown. */
export interface ItemBeside {
  readonly item: Record<string, unknown> | undefined
  readonly itemError?: StoredItemError
}

/** What an entity is made of. */
export interface EntityParts {
  readonly name: string
  readonly table: TableShape
  readonly templates: Templates
  readonly attributes: Attributes
}

/**
 * One kind of item of a table: how its keys are made of values, and which attributes it has. Made
 * by `defineTable`.
 */
export class Entity<T extends EntityTypes = EntityTypes> {
  readonly name: T['name']
  readonly table: TableShape
  readonly attributes: T['attributes']
  readonly templates: Templates
  /** Values of the table's key, which items show beside their attributes. */
  readonly keyFields: readonly string[]
  /** The attributes that the client fills in. */
  readonly fills: readonly (readonly [name: string, fill: Fill])[]
  readonly #partition: KeyTemplate
  readonly #sort: KeyTemplate
  readonly #indexTemplates: readonly (readonly [attribute: string, template: KeyTemplate])[]
  /** Entities of the table whose keys may look like those of this one. Set once all are known. */
  rivals: readonly Entity[] = []
  /** For types alone. */
  declare readonly types: T

  constructor({ name, table, templates, attributes }: EntityParts) {
    this.name = name
    this.table = table
    this.templates = templates
    this.attributes = attributes
    this.fills = Object.entries(attributes).flatMap(([each, { fill }]) =>
      fill === undefined ? [] : [[each, fill] as const],
    )
    const { partitionKey, sortKey } = table
    this.#partition = this.template(partitionKey)
    this.#sort = this.template(sortKey)
    this.#indexTemplates = [...templates].filter(
      ([attribute]) => attribute !== partitionKey && attribute !== sortKey,
    )
    const placeholders = [this.#partition, this.#sort].flatMap((each) => each.placeholders)
    this.keyFields = [...new Set(placeholders.map((each) => each.name))]
  }

  /** The templates of keys of indexes alone, by their attributes. */
  get indexTemplates(): readonly (readonly [attribute: string, template: KeyTemplate])[] {
    return this.#indexTemplates
  }

  /** The template of a key attribute that the entity has. */
  template(attribute: string): KeyTemplate {
    return this.templates.get(attribute) as KeyTemplate
  }

  /**
   * The primary key of the item with these values.
   * @throws InvalidKeyError
   */
  keyOf(values: FieldValues): StoredItem {
    const { partitionKey, sortKey } = this.table
    const [partition, sort] = [this.#partition.compose(values), this.#sort.compose(values)]
    if (this.rivals.length > 0) this.#refuseAlien({ [partitionKey]: partition, [sortKey]: sort })
    return { [partitionKey]: { S: partition }, [sortKey]: { S: sort } }
  }

  /**
   * A key that another entity would be read from is refused: no item changes its entity by its
   * values.
   */
  #refuseAlien(key: Readonly<Record<string, string>>): void {
    const other = this.#rivalFor(key)
    if (other === undefined) return
    const shown = Object.values(key).join(', ')
    throw new InvalidKeyError(`The key ${shown} of ${this.name} is one of ${other.name}.`)
  }

  /**
   * The other entity that a key is one of: of the forms that it has, the one with more fixed text.
   */
  #rivalFor(key: Readonly<Record<string, string>>): Entity | undefined {
    return this.rivals.find(
      (each) => each.fixedLength >= this.fixedLength && each.#matches(key) !== undefined,
    )
  }

  /** How much of its keys is fixed; see {@link KeyTemplate.fixedLength}. */
  get fixedLength(): number {
    return this.#partition.fixedLength + this.#sort.fixedLength
  }

  #matches(key: Readonly<Record<string, string>>): Record<string, string | number> | undefined {
    const { partitionKey, sortKey } = this.table
    const first = this.#partition.match(key[partitionKey] ?? '')
    const second = first && this.#sort.match(key[sortKey] ?? '')
    if (first === undefined || second === undefined) return undefined
    const isTorn = Object.keys(second).some(
      (name) => Object.hasOwn(first, name) && first[name] !== second[name],
    )
    return isTorn ? undefined : { ...first, ...second }
  }

  /** Whether a stored item is one of this entity, by its key. */
  owns(item: StoredItem): boolean {
    return this.#valuesOfKey(item) !== undefined
  }

  #valuesOfKey(item: StoredItem): Record<string, string | number> | undefined {
    const { partitionKey, sortKey } = this.table
    const key = { [partitionKey]: item[partitionKey]?.S ?? '', [sortKey]: item[sortKey]?.S ?? '' }
    const values = this.#matches(key)
    return this.#rivalFor(key) === undefined ? values : undefined
  }

  /**
   * The stored form of an item: its keys, those of indexes as far as it has their values, and its
   * attributes.
   * @param now the time of the write in ISO 8601
   * @throws InvalidKeyError, InvalidValueError
   */
  encode(values: Readonly<Record<string, unknown>>, now: string): StoredItem {
    const fields: Record<string, string | number> = {}
    const rest: Record<string, unknown> = {}
    for (const name of Object.keys(values)) {
      if (this.keyFields.includes(name)) fields[name] = values[name] as string | number
      else rest[name] = values[name]
    }
    for (const [name, fill] of this.fills) {
      rest[name] = fill.at === 'created' ? filledWith(fill, now) : undefined
    }
    const stored = this.keyOf(fields)
    Object.assign(stored, this.indexKeys({ ...rest, ...fields }))
    return Object.assign(stored, encodeMembers(rest, this.attributes, this.#placeOf))
  }

  readonly #placeOf = (name: string): string => `${this.name}.${name}`

  /**
   * The keys of indexes for which all values are there; an item without them is not in the index.
   */
  indexKeys(values: Readonly<Record<string, unknown>>): StoredItem {
    const stored: StoredItem = {}
    for (const [attribute, template] of this.#indexTemplates) {
      if (template.placeholders.some(({ name }) => values[name] === undefined)) continue
      stored[attribute] = { S: template.compose(values as FieldValues) }
    }
    return stored
  }

  /**
   * An item as programs see it.
   * @throws StoredItemError when it is not as the entity declares it
   */
  decode(stored: StoredItem): Record<string, unknown> {
    const values = this.#valuesOfKey(stored)
    if (values === undefined) {
      throw new StoredItemError(`An item that was read as ${this.name} has another key.`)
    }
    return { ...values, ...decodeMembers(stored, this.attributes, this.#placeOf) }
  }

  /**
   * An item that comes with a failure, which it must not hide by another one: what is not as the
   * entity declares it is not shown, and why is.
   */
  decodeBeside(stored: StoredItem | undefined): ItemBeside {
    if (stored === undefined) return { item: undefined }
    try {
      return { item: this.decode(stored) }
    } catch (error) {
      if (!(error instanceof StoredItemError)) throw error
      return { item: undefined, itemError: error }
    }
  }

  /** The same for an item of which only some attributes were read. */
  decodeChosen(stored: StoredItem, chosen: readonly string[]): Record<string, unknown> {
    const attributes = Object.fromEntries(
      chosen.map((name) => [name, { codec: this.attribute(name).codec, isOptional: true }]),
    )
    return { ...this.#valuesOfKey(stored), ...decodeMembers(stored, attributes, this.#placeOf) }
  }

  /**
   * The attribute of a name.
   * @throws InvalidValueError when the entity has none
   */
  attribute(name: string): Attribute {
    const attribute = Object.hasOwn(this.attributes, name) ? this.attributes[name] : undefined
    if (attribute !== undefined) return attribute
    throw new InvalidValueError(`${this.name} has no attribute ${name}.`)
  }
}

/** Any entity. */
export type AnyEntity = Entity

type TypesOf<E> = E extends { readonly types: infer T extends EntityTypes } ? T : never
type TemplateOf<T extends EntityTypes, Name> = Name extends keyof T['keys']
  ? T['keys'][Name]
  : never

/** The attributes that an entity declares. */
export type AttributesOf<E> = TypesOf<E>['attributes']

type KeyOfTypes<T extends EntityTypes> = Shown<
  FieldsOf<T['keys'][T['partitionKey']]> & FieldsOf<T['keys'][T['sortKey']]>
>

/** The values that the primary key of an entity is made of. */
export type KeyOf<E> = KeyOfTypes<TypesOf<E>>

/** An item of an entity as it is read: the values of its key and its attributes. */
export type ItemOf<E> = Shown<KeyOf<E> & ValuesOf<AttributesOf<E>>>

/** An item of an entity as it is inserted or put. */
export type ItemInputOf<E> = Shown<KeyOf<E> & InputOf<AttributesOf<E>>>

/** What is read when only some attributes are asked for; each may be missing in the item. */
export type ChosenOf<E, Names extends keyof AttributesOf<E>> = Shown<
  KeyOf<E> & { -readonly [K in Names]?: ValueOf<AttributesOf<E>[K]> | undefined }
>

type IndexHas<T extends EntityTypes, I extends Index> = I['partitionKey'] extends keyof T['keys']
  ? true
  : false

/** The indexes that an entity has keys for. */
export type IndexesOf<E> = {
  [Name in keyof TypesOf<E>['indexes'] & string]: IndexHas<
    TypesOf<E>,
    TypesOf<E>['indexes'][Name]
  > extends true
    ? Name
    : never
}[keyof TypesOf<E>['indexes'] & string]

type PartitionTemplate<T extends EntityTypes, I> = I extends keyof T['indexes']
  ? TemplateOf<T, T['indexes'][I]['partitionKey']>
  : T['keys'][T['partitionKey']]

type SortTemplate<T extends EntityTypes, I> = I extends keyof T['indexes']
  ? TemplateOf<T, T['indexes'][I]['sortKey']>
  : T['keys'][T['sortKey']]

/** The values of a partition, of the table or of an index. */
export type PartitionOf<E, I = undefined> = Shown<FieldsOf<PartitionTemplate<TypesOf<E>, I>>>

/** The values that a beginning of the sort key is made of, in the table or in an index. */
export type SortPrefixOf<E, I = undefined> = LeadingFieldsOf<SortTemplate<TypesOf<E>, I>>
