import { invariant } from '../invariant.ts'
import { openModelFile, type ModelFile, type Shape, type ShapeReference } from './modelFile.ts'

/** Members, by structure, that the service takes although its model does not have them. */
export type AddedMembers = ReadonlyMap<string, Readonly<Record<string, ShapeReference>>>

/** Shapes, by name, that the service has in place of the model's or beside them. */
export type OtherShapes = ReadonlyMap<string, Shape>

/**
 * AWS's own model of one service, as it ships with this package. Read on first use, and of its
 * shapes those alone that are asked for.
 */
export class ServiceModel {
  readonly #fileName: string
  readonly #addedMembers: AddedMembers
  readonly #otherShapes: OtherShapes
  readonly #shapes = new Map<string, Shape>()
  #file: ModelFile | undefined
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
    this.#operationNames ??= new Set(this.#model().operationNames())
    return this.#operationNames
  }

  /** What the service is called in the scope of a signature. */
  signingName(): string {
    const { signingName, endpointPrefix } = this.#model().metadata
    return signingName ?? endpointPrefix
  }

  /** The name of the structure that `operation` takes. REQUIRES: an operation of the model. */
  inputShapeName(operation: string): string {
    const input = this.#model().operation(operation)?.input
    invariant(input !== undefined, `the model has an input for ${operation}`)
    return input.shape
  }

  /** The name of the structure that `operation` gives; undefined when it gives nothing. */
  outputShapeName(operation: string): string | undefined {
    return this.#model().operation(operation)?.output?.shape
  }

  /** The names of the errors that `operation` may have, each a structure. */
  errorNames(operation: string): readonly string[] {
    return (this.#model().operation(operation)?.errors ?? []).map(({ shape }) => shape)
  }

  /** The shape called `name`. REQUIRES: a name that the model itself uses. */
  shapeOf(name: string): Shape {
    const known = this.#shapes.get(name)
    if (known !== undefined) return known
    const shape = this.#readShape(name)
    this.#shapes.set(name, shape)
    return shape
  }

  #readShape(name: string): Shape {
    const shape = this.#otherShapes.get(name) ?? this.#model().shape(name)
    invariant(shape !== undefined, `the model has a shape ${name}`)
    const added = this.#addedMembers.get(name)
    return added === undefined ? shape : { ...shape, members: { ...shape.members, ...added } }
  }

  #model(): ModelFile {
    this.#file ??= openModelFile(this.#fileName)
    return this.#file
  }
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
