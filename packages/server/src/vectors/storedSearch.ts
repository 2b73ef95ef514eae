import type { LoopTurns } from '../clock.ts'
import { itemOfEntry, vectorOfEntry } from '../items/vectorEntries.ts'
import { vectorRange } from '../layout/storeKeys.ts'
import type { VectorIndex } from '../schema/table.ts'
import type { Snapshot } from '../storage/engine.ts'
import { textOfKey } from './liveSet.ts'
import { paddedQuery, productOf, rankOf, scoreOf, squaresOf } from './scoring.ts'
import { TopResults, type Candidate } from './topResults.ts'
import { valueText, type VectorQuery } from './vectorQuery.ts'

/**
 * The same as a search of a set that has the snapshot's state, read from the store entry by entry:
 * for stores that others write to too, and where there is no memory for a set.
 */
export async function searchStored(
  snapshot: Snapshot,
  index: VectorIndex,
  { vector, topK, conditions }: VectorQuery,
  turns: LoopTurns,
): Promise<readonly Candidate[]> {
  const { dimensions, distanceFunction } = index.vector
  const results = new TopResults(topK)
  const query = paddedQuery(vector)
  const querySquare = productOf(query, query)
  const sumOf = distanceFunction === 'EUCLIDEAN' ? squaresOf : productOf
  let slot = 0
  for await (const { key, value } of snapshot.range(vectorRange(index.number))) {
    const turn = turns.next()
    if (turn !== undefined) await turn
    if (conditions.length > 0) {
      const image = itemOfEntry(value, dimensions)
      const isAsked = conditions.every((condition) => {
        const found = image.attribute(condition.name)
        return found !== undefined && valueText(found) === valueText(condition.value)
      })
      if (!isAsked) continue
    }
    const found = paddedQuery(vectorOfEntry(value, dimensions))
    const square = distanceFunction === 'COSINE' ? productOf(found, found) : 0
    const score = scoreOf(distanceFunction, sumOf(query, found), querySquare, square)
    const rank = rankOf(distanceFunction, score)
    if (rank <= results.worst) results.offer({ score, rank, key: textOfKey(key), slot: slot++ })
  }
  return results.candidates
}
