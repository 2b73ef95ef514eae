/**
 * What of JSON Schema bodies and answers are described with. A `$ref` names one of
 * {@link Schemas}: `#/components/schemas/NAME`.
 */
export interface Schema {
  readonly $ref?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  readonly description?: string
  /** Has no type of its own: it is as one of these, which have types that differ. */
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  /** No others when absent: `{}` admits any. */
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minProperties?: number
}

/** Schemas by the names that others call them by. */
export type Schemas = Readonly<Record<string, Schema>>

/** A schema of an object whose members are `properties`, of which `required` must be there. */
export function objectOf<Name extends string>(
  properties: Readonly<Record<Name, Schema>>,
  required: readonly NoInfer<Name>[] = [],
): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

export const text = (description: string): Schema => ({
  type: 'string',
  minLength: 1,
  description,
})

export const choice = (choices: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: choices,
  description,
})

export const whole = (least: number, most: number, description: string): Schema => ({
  type: 'integer',
  minimum: least,
  maximum: most,
  description,
})

export const flag = (description: string): Schema => ({ type: 'boolean', description })

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** Any object, whose members something else looks at. */
export const anyObject = (description: string): Schema => ({
  type: 'object',
  additionalProperties: {},
  description,
})

export const anyOf = (...choices: readonly Schema[]): Schema => ({ oneOf: choices })

export const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
