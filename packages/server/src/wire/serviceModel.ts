import { readFileSync } from 'node:fs'
import { invariant } from '../invariant.ts'
import { addedMembers } from './modelOverrides.ts'

/** One shape of the service model, as far as requests need it. */
export interface Shape {
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'blob'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'double'
    | 'timestamp'
  /** Of a structure. Names come from clients: look them up with {@link memberShapeOf}. */
  readonly members?: Readonly<Record<string, ShapeReference>>
  readonly required?: readonly string[]
  /** Of a list. */
  readonly member?: ShapeReference
  /** Of a map. */
  readonly key?: ShapeReference
  readonly value?: ShapeReference
  /** A length for strings, lists and maps; a value for numbers. */
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
}

export interface ShapeReference {
  readonly shape: string
}

interface ServiceModel {
  readonly operations: Readonly<Record<string, { readonly input?: ShapeReference }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

let loadedModel: ServiceModel | undefined
let loadedOperationNames: ReadonlySet<string> | undefined

/** AWS's own service model, which ships with this package. Read on first use. */
function serviceModel(): ServiceModel {
  if (loadedModel === undefined) {
    const file = new URL('../../model/dynamodb.json', import.meta.url)
    loadedModel = withAddedMembers(JSON.parse(readFileSync(file, 'utf8')) as ServiceModel)
  }
  return loadedModel
}

function withAddedMembers({ operations, shapes }: ServiceModel): ServiceModel {
  const extended = { ...shapes }
  for (const [name, added] of addedMembers) {
    const shape = shapes[name]
    invariant(shape !== undefined, `the model has a shape ${name}`)
    extended[name] = { ...shape, members: { ...shape.members, ...added } }
  }
  return { operations, shapes: extended }
}

/** The names of all operations of the model, whether this server performs them or not. */
export function operationNames(): ReadonlySet<string> {
  loadedOperationNames ??= new Set(Object.keys(serviceModel().operations))
  return loadedOperationNames
}

/** The name of the structure that `operation` takes. REQUIRES: one of {@link operationNames}. */
export function inputShapeName(operation: string): string {
  const input = serviceModel().operations[operation]?.input
  invariant(input !== undefined, `the model has an input for ${operation}`)
  return input.shape
}

/** The shape called `name`. REQUIRES: a name that the model itself uses. */
export function shapeOf(name: string): Shape {
  const shape = serviceModel().shapes[name]
  invariant(shape !== undefined, `the model has a shape ${name}`)
  return shape
}

/** The name of the shape of member `member`, or undefined if the structure has no such member. */
export function memberShapeOf(structure: Shape, member: string): string | undefined {
  const members = structure.members
  if (members === undefined || !Object.hasOwn(members, member)) return undefined
  return members[member]?.shape
}

/** The name of the shape of a list's elements. */
export function elementShapeOf(list: Shape): string {
  invariant(list.member !== undefined, 'a list has a member shape')
  return list.member.shape
}

/** The names of the shapes of a map's keys and values. */
export function entryShapesOf(map: Shape): { readonly key: string; readonly value: string } {
  invariant(map.key !== undefined && map.value !== undefined, 'a map has key and value shapes')
  return { key: map.key.shape, value: map.value.shape }
}
