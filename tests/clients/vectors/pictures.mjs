import { readFile } from 'node:fs/promises'

/** The table, and the pictures in it: id, album, year and what they look like. Python and Java read them too. */
export const { table, pictures } = JSON.parse(
  await readFile(new URL('pictures.json', import.meta.url), 'utf8'),
)

export const numbers = (vector) => vector.map((number) => ({ N: String(number) }))

export const pictureItem = ([id, album, year, vector]) => ({
  id: { S: id },
  album: { S: album },
  year: { N: String(year) },
  looks: { L: numbers(vector) },
})

const shown = ({ SearchResults }) =>
  SearchResults.map(({ Item, Score }) => [Item.id.S, Number(Score.toFixed(5))])

/** What a client was told, in the form that all clients give. */
export function toldResult({ index, refused, album, year, unscoped, left }) {
  const { IndexName, IndexStatus, Dimensions, DistanceFunction } = index
  const result = {
    index: [IndexName, IndexStatus, Dimensions, DistanceFunction],
    refused: [refused.name, refused.message],
    album: shown(album),
    year: shown(year),
    searchBytes: album.ConsumedCapacity.VectorSearchRequestBytes,
    unscoped: unscoped.message,
    left: left.length,
  }
  return { result }
}
