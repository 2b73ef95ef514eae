import { elementShapeOf, entryShapesOf, memberShapeOf } from './serviceModel.ts'
import type { Shape } from './modelFile.ts'
import type { ServiceModel } from './serviceModel.ts'

export type ScalarType = Exclude<Shape['type'], 'structure' | 'list' | 'map'>

/** How one format writes values: from what is inside to what is round it. */
export interface ShapeWriter<Written> {
  structure(members: readonly (readonly [string, Written])[]): Written
  list(elements: readonly Written[]): Written
  map(entries: readonly (readonly [string, Written])[]): Written
  scalar(type: ScalarType, value: unknown): Written
}

/**
 * `value`, as JSON has it, written as the shape `shapeName` of the model. Members that are
 * undefined or that the model does not have are left out. REQUIRES: it is of that shape.
 */
export function writeShaped<Written>(
  model: ServiceModel,
  shapeName: string,
  value: unknown,
  writer: ShapeWriter<Written>,
): Written {
  const shape = model.shapeOf(shapeName)
  const { type } = shape
  if (type === 'list') {
    const elementShape = elementShapeOf(shape)
    const elements = value as readonly unknown[]
    return writer.list(elements.map((each) => writeShaped(model, elementShape, each, writer)))
  }
  if (type === 'map') {
    const valueShape = entryShapesOf(shape).value
    const entries = Object.entries(value as object)
    return writer.map(
      entries.map(([key, each]) => [key, writeShaped(model, valueShape, each, writer)]),
    )
  }
  if (type !== 'structure') return writer.scalar(type, value)
  const members: [string, Written][] = []
  for (const [name, member] of Object.entries(value as object)) {
    const memberShape = memberShapeOf(shape, name)
    if (member === undefined || memberShape === undefined) continue
    members.push([name, writeShaped(model, memberShape, member, writer)])
  }
  return writer.structure(members)
}
