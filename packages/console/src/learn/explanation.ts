import {
  ListTablesCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import type { About } from '../database/connection.ts'

/** A condition, or a part of one, with what it came to. */
export interface ExplainedCondition {
  readonly text: string
  readonly result: boolean
  readonly decisive: boolean
  readonly operands?: readonly { readonly text: string; readonly value?: AttributeValue }[]
  readonly parts?: readonly ExplainedCondition[]
}

/** What one action of a request came to. */
export interface ExplainedPosition {
  readonly position: number
  readonly action?: string
  readonly table?: string
  readonly key?: Readonly<Record<string, AttributeValue>>
  readonly code: string
  readonly message?: string
  readonly itemExists?: boolean
  readonly condition?: ExplainedCondition
  readonly conflict?: { readonly operation: string; readonly doing?: string }
}

/** Why a request was refused, as the database saw it. */
export interface Explanation {
  readonly requestId: string
  readonly operation: string
  readonly at: string
  readonly error?: string
  readonly message?: string
  readonly positions: readonly ExplainedPosition[]
}

const place = '/_dynatom/watch'

async function ask<Answer>(
  { watch }: About,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<Answer | undefined> {
  if (watch !== 'open') return undefined
  const answer = await fetch(`${place}${path}?${new URLSearchParams(query)}`)
  return answer.ok ? ((await answer.json()) as Answer) : undefined
}

/**
 * Has notes taken in a namespace, so that refusals can be explained that come afterwards. A
 * namespace is there once somebody has asked for it, so `client` does.
 */
export async function watchNamespace(
  about: About,
  client: DynamoDBClient,
  namespace: string,
): Promise<void> {
  await client.send(new ListTablesCommand({ Limit: 1 }))
  await ask(about, '', { namespace })
}

/** Undefined where nothing is known of it: not every refusal has more to it than its text. */
export const explanationOf = (
  about: About,
  namespace: string,
  requestId: string,
): Promise<Explanation | undefined> =>
  ask(about, `/explanations/${encodeURIComponent(requestId)}`, { namespace })

/** The last refusals in a namespace, whoever asked; none where they are not known. */
export async function lastExplanations(
  about: About,
  namespace: string,
  limit: number,
): Promise<readonly Explanation[]> {
  const query = { namespace, limit: String(limit) }
  const answer = await ask<{ readonly explanations: readonly Explanation[] }>(
    about,
    '/explanations',
    query,
  )
  return answer?.explanations ?? []
}
