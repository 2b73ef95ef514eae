import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/**
 * The SDK gives every TransactWriteItems a ClientRequestToken of its own invention. With this it sends
 * only those that it is given, as programs without an SDK do.
 */
export function sendNoTokenUnlessGiven(sdk: DynamoDBClient): void {
  sdk.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body?: unknown }
      const isGiven =
        (args.input as { ClientRequestToken?: string }).ClientRequestToken !== undefined
      if (!isGiven && typeof request.body === 'string') {
        request.body = withoutToken(request.body)
      }
      return next(args)
    },
    // After serialization, and before the length and the signature are worked out.
    { step: 'build', priority: 'high', name: 'sendNoTokenUnlessGiven' },
  )
}

function withoutToken(body: string): string {
  if (!body.includes('"ClientRequestToken"')) return body
  const { ClientRequestToken: _, ...request } = JSON.parse(body) as Record<string, unknown>
  return JSON.stringify(request)
}
