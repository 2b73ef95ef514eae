import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { unlessRefused } from '../database/control.ts'
import { askWatch, type ToldExplanation, type Watched } from '../database/watch.ts'

/** The database of a course. */
type Place = Watched & { readonly namespace: string }

/** Undefined where it may not be asked, or nothing is known of it. */
const ask = async <Told>(place: Place, path: string): Promise<Told | undefined> =>
  place.about.watch === 'open' ? unlessRefused(askWatch<Told>(place, path)) : undefined

/**
 * Has notes taken in a namespace, so that refusals can be explained that come afterwards. A
 * namespace is there once somebody has asked for it, so `client` does.
 */
export async function watchNamespace(place: Place): Promise<void> {
  await place.client.send(new ListTablesCommand({ Limit: 1 }))
  await ask(place, '')
}

/** Undefined where nothing is known of it: not every refusal has more to it than its text. */
export const explanationOf = (
  place: Place,
  requestId: string,
): Promise<ToldExplanation | undefined> =>
  ask(place, `/explanations/${encodeURIComponent(requestId)}`)

/** The last refusals in a namespace, whoever asked; none where they are not known. */
export async function lastExplanations(
  place: Place,
  limit: number,
): Promise<readonly ToldExplanation[]> {
  const told = await ask<{ readonly explanations: readonly ToldExplanation[] }>(
    place,
    `/explanations?limit=${limit}`,
  )
  return told?.explanations ?? []
}
