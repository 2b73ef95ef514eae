import { readFileSync } from 'node:fs'

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
  /** Of a structure. Names come from clients: look them up with `memberShapeOf`. */
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
  /** Of an error: whether it is the server's fault. */
  readonly fault?: boolean
}

export interface ShapeReference {
  readonly shape: string
}

/** What a model says of an operation, as far as it is needed. */
export interface ModelledOperation {
  readonly input?: ShapeReference
  readonly output?: ShapeReference
  readonly errors?: readonly ShapeReference[]
}

/** One file of the package's folder `model/`. */
export interface ModelFile {
  readonly metadata: { readonly signingName?: string; readonly endpointPrefix: string }
  operationNames(): readonly string[]
  operation(name: string): ModelledOperation | undefined
  shape(name: string): Shape | undefined
}

interface Content extends Pick<ModelFile, 'metadata'> {
  readonly operations: Readonly<Record<string, ModelledOperation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

/**
 * Reads the file called `fileName`. The start file has another module in the place of this one,
 * where the models are code (`scripts/startFile.mjs`).
 */
export function openModelFile(fileName: string): ModelFile {
  const file = new URL(`../../model/${fileName}`, import.meta.url)
  const { metadata, operations, shapes } = JSON.parse(readFileSync(file, 'utf8')) as Content
  const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
    Object.hasOwn(record, name) ? record[name] : undefined
  return {
    metadata,
    operationNames: () => Object.keys(operations),
    operation: (name) => own(operations, name),
    shape: (name) => own(shapes, name),
  }
}
