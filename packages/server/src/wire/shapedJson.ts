import type { ServiceModel } from './serviceModel.ts'
import { writeShaped, type ShapeWriter } from './shapedValue.ts'

/**
 * A value of the shape `shapeName` as JSON in which doubles show that they are, `4.0`, as AWS
 * writes them: clients that tell integers from floats get floats.
 */
export function jsonOfShape(model: ServiceModel, shapeName: string, value: unknown): string {
  return writeShaped(model, shapeName, value, json)
}

const objectOf = (members: readonly (readonly [string, string])[]): string =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`

const json: ShapeWriter<string> = {
  structure: objectOf,
  map: objectOf,
  list: (elements) => `[${elements.join()}]`,
  scalar: (type, value) =>
    type === 'double' ? textOfDouble(value as number) : JSON.stringify(value),
}

/** A double in decimal, with a fraction or an exponent. */
export function textOfDouble(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
