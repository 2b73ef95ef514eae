import { readFileSync } from 'node:fs'
import { invariant } from '../invariant.ts'

/** One shape of a service model, as far as requests need it. */
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

interface ModelledOperation {
  readonly input?: ShapeReference
  readonly output?: ShapeReference
}

interface ModelFile {
  readonly metadata: { readonly signingName?: string; readonly endpointPrefix: string }
  readonly operations: Readonly<Record<string, ModelledOperation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

/** Members, by structure, that the service takes although its model does not have them. */
export type AddedMembers = ReadonlyMap<string, Readonly<Record<string, ShapeReference>>>

/** Shapes, by name, that the service has in place of the model's or beside them. */
export type OtherShapes = ReadonlyMap<string, Shape>

/** AWS's own model of one service, as it ships with this package. Read on first use. */
export class ServiceModel {
  readonly #fileName: string
  readonly #addedMembers: AddedMembers
  readonly #otherShapes: OtherShapes
  #content: ModelFile | undefined
  #operationNames: ReadonlySet<string> | undefined

  /** `fileName` is a file of the package's folder `model/`. */
  constructor(
    fileName: string,
    addedMembers: AddedMembers = new Map(),
    otherShapes: OtherShapes = new Map(),
  ) {
    this.#fileName = fileName
    this.#addedMembers = addedMembers
    this.#otherShapes = otherShapes
  }

  /** The names of all operations of the model, whether this server performs them or not. */
  operationNames(): ReadonlySet<string> {
    this.#operationNames ??= new Set(Object.keys(this.#model().operations))
    return this.#operationNames
  }

  /** What the service is called in the scope of a signature. */
  signingName(): string {
    const { signingName, endpointPrefix } = this.#model().metadata
    return signingName ?? endpointPrefix
  }

  /** The name of the structure that `operation` takes. REQUIRES: an operation of the model. */
  inputShapeName(operation: string): string {
    const input = this.#model().operations[operation]?.input
    invariant(input !== undefined, `the model has an input for ${operation}`)
    return input.shape
  }

  /** The name of the structure that `operation` gives; undefined when it gives nothing. */
  outputShapeName(operation: string): string | undefined {
    return this.#model().operations[operation]?.output?.shape
  }

  /** The shape called `name`. REQUIRES: a name that the model itself uses. */
  shapeOf(name: string): Shape {
    const shape = this.#model().shapes[name]
    invariant(shape !== undefined, `the model has a shape ${name}`)
    return shape
  }

  #model(): ModelFile {
    if (this.#content === undefined) {
      const { metadata, operations, shapes } = readModelFile(this.#fileName)
      const all = { ...shapes, ...Object.fromEntries(this.#otherShapes) }
      this.#content = withAddedMembers({ metadata, operations, shapes: all }, this.#addedMembers)
    }
    return this.#content
  }
}

function readModelFile(fileName: string): ModelFile {
  const file = new URL(`../../model/${fileName}`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as ModelFile
}

function withAddedMembers(model: ModelFile, added: AddedMembers): ModelFile {
  const { shapes } = model
  const extended = { ...shapes }
  for (const [name, members] of added) {
    const shape = shapes[name]
    invariant(shape !== undefined, `the model has a shape ${name}`)
    extended[name] = { ...shape, members: { ...shape.members, ...members } }
  }
  return { ...model, shapes: extended }
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
