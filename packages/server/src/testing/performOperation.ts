import { noUsage, unitsOfTable, type Usage } from '../capacity/usage.ts'
import { createDispatcher } from '../operations/dispatcher.ts'
import { namedTable } from '../operations/namedResources.ts'
import type { Operation } from '../operations/operation.ts'
import type { Services } from '../operations/services.ts'
import type { Table } from '../schema/table.ts'
import { layersOf } from '../validation/layers.ts'
import type { Dispatcher, RequestContext } from '../wire/dispatcher.ts'
import { dynamodbCodec } from '../wire/dynamodbCodec.ts'
import { streamsCodec } from '../wire/streamsCodec.ts'

/** Performs an operation of any service as a front would; rejects for one that is not there. */
export async function performOperation(
  dispatcher: Dispatcher,
  operation: string,
  bodyText: string,
  context: RequestContext,
): Promise<Uint8Array> {
  const ofStreams = streamsCodec.operationNames().has(operation)
  const { targetPrefix } = ofStreams ? streamsCodec : dynamodbCodec
  const target = `${targetPrefix}.${operation}`
  const found = dispatcher.find(target)
  if (found === undefined) throw dispatcher.refusalOf(target)
  return found.perform(bodyText, context)
}

type Respond = (request: Record<string, unknown>, context: RequestContext) => unknown

/**
 * A dispatcher of those operations of DynamoDB that are in `handlers`, which answers with what they
 * return. Those that are in `readUnits` have consumed so much.
 */
export function dispatcherOf(
  handlers: Readonly<Record<string, Respond>>,
  readUnits: Readonly<Record<string, number>> = {},
): Dispatcher {
  const operations = Object.entries(handlers).map(
    ([name, respond]): Operation<never> => ({
      name,
      access: /^(Describe|Get|List)/.test(name) ? 'read' : 'write',
      resources: namedTable,
      handler(_services, request, context) {
        const response = respond(request, context)
        const usage = usageOf(readUnits[name])
        if (response instanceof Promise)
          return response.then((settled) => ({ response: settled, usage }))
        return { response: response as object, usage }
      },
    }),
  )
  return createDispatcher(
    [{ codec: dynamodbCodec, operations }],
    {} as Services,
    layersOf('us-east-1'),
    { gate: () => undefined },
  )
}

function usageOf(units: number | undefined): Usage {
  if (units === undefined) return noUsage
  return [{ name: 'T', table: {} as Table, kind: 'read', units: unitsOfTable(units) }]
}
