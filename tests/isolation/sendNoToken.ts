import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/**
 * The SDK gives every TransactWriteItems a ClientRequestToken of its own invention. With this it sends
 * only those that it is given, as programs without an SDK do.
 */
export function sendNoTokenUnlessGiven(sdk: DynamoDBClient): void {
  sdk.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const isGiven = 'ClientRequestToken' in args.input
        if (commandName === 'TransactWriteItemsCommand' && !isGiven) {
          const request = args.request as { body: Uint8Array }
          request.body = withoutToken(request.body)
        }
        return next(args)
      },
    // After serialization, and before the length and the signature are worked out.
    { step: 'build', priority: 'high', name: 'sendNoTokenUnlessGiven' },
  )
}

function withoutToken(body: Uint8Array): Uint8Array {
  const parsed = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
  const { ClientRequestToken: _, ...request } = parsed
  return Buffer.from(JSON.stringify(request))
}
