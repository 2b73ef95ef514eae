import { commonErrors } from '../errors/faultErrors.ts'
import { dynamodb, dynamodbStreams } from '../operations/registry.ts'
import type { ServiceModel } from '../wire/serviceModel.ts'

/** The operations of the services that can be asked here, with the model that each is of. */
export function knownOperations(): ReadonlyMap<string, ServiceModel> {
  return new Map(
    [dynamodb, dynamodbStreams].flatMap(({ codec, operations }) =>
      operations.map(({ name }) => [name, codec.model] as const),
    ),
  )
}

/** Whether the operation may have an error of that name. */
export function hasError(operation: string, errorName: string): boolean {
  if (commonErrors.includes(errorName)) return true
  const names = knownOperations().get(operation)?.errorNames(operation) ?? []
  return names.includes(errorName)
}

/** What the models say of an error; undefined for one that they do not have. */
export function modelledError(
  name: string,
): { readonly isFault: boolean; readonly messageMember: 'message' | 'Message' } | undefined {
  for (const [operation, model] of knownOperations()) {
    if (!model.errorNames(operation).includes(name)) continue
    const { fault = false, members = {} } = model.shapeOf(name)
    return { isFault: fault, messageMember: 'Message' in members ? 'Message' : 'message' }
  }
  return undefined
}
