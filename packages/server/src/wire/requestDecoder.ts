import {
  unexpectedFieldType,
  unexpectedStructure,
  unexpectedToken,
  unexpectedValueType,
  unparsableBody,
  unrecognizedCollection,
} from '../errors/wireErrors.ts'
import { unreachable } from '../invariant.ts'
import { checkAttributeMapTypes, checkAttributeValueTypes } from './checkAttributeValueTypes.ts'
import { checkBlob } from './checkBlob.ts'
import {
  checkBoolean,
  checkDouble,
  checkInteger,
  checkLong,
  checkString,
  checkTimestamp,
} from './checkScalarTypes.ts'
import { parseBody } from './parseBody.ts'
import { elementShapeOf, entryShapesOf, memberShapeOf } from './serviceModel.ts'
import type { Shape } from './modelFile.ts'
import type { ServiceModel } from './serviceModel.ts'
import { checkStrictly, type StrictMembers } from './strictRequest.ts'

/**
 * Throws SerializationException unless the value, which is not null, has the JSON type of a shape.
 */
type TypeCheck = (value: unknown) => void

type JsonObject = { [member: string]: unknown }

/** Decodes the requests of one service. */
export class RequestDecoder {
  readonly #model: ServiceModel
  readonly #javaPackage: string
  readonly #strictMembers: StrictMembers
  /** The checks that were needed so far, by shape. */
  readonly #typeChecks = new Map<string, TypeCheck>()

  /** `javaPackage` is what error texts call the service's classes by. */
  constructor(model: ServiceModel, javaPackage: string, strictMembers: StrictMembers) {
    this.#model = model
    this.#javaPackage = javaPackage
    this.#strictMembers = strictMembers
  }

  /**
   * The request that `bodyText` holds for `operation`, typed as the service model says (behaviour
   * digest 4.2). Members that are null or unknown to the model are removed; blobs are canonical
   * base64; strings are well formed. Maps may have any keys, `__proto__` among them: use
   * Object.hasOwn.
   * Constraints other than types are not checked; see ConstraintChecker.
   * Throws SerializationException. REQUIRES: `operation` is one of the model's.
   */
  decode(operation: string, bodyText: string): Record<string, unknown> {
    const request = parseBody(bodyText)
    if (request === null) throw unparsableBody()
    const strict = this.#strictMembers.get(operation)
    if (strict !== undefined) checkStrictly(request, bodyText, strict)
    this.#typeCheckOf(this.#model.inputShapeName(operation))(request)
    return request as Record<string, unknown>
  }

  #typeCheckOf(shapeName: string): TypeCheck {
    let check = this.#typeChecks.get(shapeName)
    if (check === undefined) {
      check = this.#compile(shapeName)
      this.#typeChecks.set(shapeName, check)
    }
    return check
  }

  #compile(shapeName: string): TypeCheck {
    if (shapeName === 'AttributeValue') return checkAttributeValueTypes
    const shape = this.#model.shapeOf(shapeName)
    switch (shape.type) {
      case 'string':
        return checkString
      case 'blob':
        return checkBlob
      case 'boolean':
        return checkBoolean
      case 'integer':
        return checkInteger
      case 'long':
        return checkLong
      case 'double':
        return checkDouble
      case 'timestamp':
        return checkTimestamp
      case 'list':
        return this.#compileList(shape)
      case 'map':
        return this.#compileMap(shape)
      case 'structure':
        return this.#compileStructure(shapeName, shape)
      default:
        return unreachable(shape.type)
    }
  }

  /** The check of one member, on first use: requests use few of the members that they may. */
  #compileStructure(shapeName: string, shape: Shape): TypeCheck {
    const javaType = `class ${this.#javaPackage}.${shapeName}`
    const memberChecks = new Map<string, TypeCheck | undefined>()
    const findCheck = (member: string): TypeCheck | undefined => {
      const memberShape = memberShapeOf(shape, member)
      if (memberShape === undefined) return undefined
      const check = this.#typeCheckOf(memberShape)
      memberChecks.set(member, check)
      return check
    }
    return (value) => {
      if (typeof value !== 'object') throw unexpectedValueType()
      if (Array.isArray(value)) throw unrecognizedCollection(javaType)
      const object = value as JsonObject
      for (const member in object) {
        const content = object[member]
        const check = memberChecks.get(member) ?? findCheck(member)
        if (check === undefined || content === null) delete object[member]
        else check(content)
      }
    }
  }

  #compileList(shape: Shape): TypeCheck {
    const elementShape = elementShapeOf(shape)
    const check = this.#typeCheckOf(elementShape)
    const emptyElement = emptyOf(this.#model.shapeOf(elementShape))
    return (value) => {
      if (!Array.isArray(value)) {
        throw typeof value === 'object' ? unexpectedStructure() : unexpectedFieldType()
      }
      for (let index = 0; index < value.length; index++) {
        if (value[index] !== null) check(value[index])
        else if (emptyElement === undefined) throw unexpectedToken()
        else value[index] = emptyElement()
      }
    }
  }

  #compileMap(shape: Shape): TypeCheck {
    const valueShape = entryShapesOf(shape).value
    if (valueShape === 'AttributeValue') return checkAttributeMapTypes
    const check = this.#typeCheckOf(valueShape)
    const emptyValue = emptyOf(this.#model.shapeOf(valueShape))
    const javaType = `java.util.Map<java.lang.String, ${this.#javaPackage}.${valueShape}>`
    return (value) => {
      if (typeof value !== 'object') throw unexpectedFieldType()
      if (Array.isArray(value)) throw unrecognizedCollection(javaType)
      const object = value as JsonObject
      for (const key in object) {
        if (object[key] !== null) check(object[key])
        else if (emptyValue === undefined) delete object[key]
        else object[key] = emptyValue()
      }
    }
  }
}

/**
 * What null stands for inside a list or map: an empty structure or collection, so that the
 * constraints find it and no entry gets lost. Undefined for scalars, which have no such value.
 */
function emptyOf({ type }: Shape): (() => unknown) | undefined {
  if (type === 'structure' || type === 'map') return () => ({})
  return type === 'list' ? () => [] : undefined
}
