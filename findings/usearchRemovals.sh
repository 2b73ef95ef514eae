#!/bin/sh
# Subject:   what a graph of near vectors finds after vectors were removed and others added.
# Versions:  usearch 2.21.4 (npm), HNSW with its own defaults.
# Behaviour: the node of a removed vector is given to the next vector that is added, wherever that lies. Those
#            who were found through it lose that way, and a search finds fewer of the nearest than in an index that
#            was made of the same vectors at once: 0.91 in place of 0.99 where vectors lie in small groups.
# Seen:      made at once: finds more than 97 % of the nearest: true
#            with 3 of 10 removed and as many added: finds more than 95 % of the nearest: false
#            with as many added and none removed: finds more than 97 % of those that are there: true

. "$(dirname "$0")/means/begin.sh"
install_npm usearch@2.21.4

cat > subject.mjs <<'END'
import usearch from 'usearch'

const dimensions = 64
const count = 20_000
const changed = 6_000
let state = 42
const next = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32 - 0.5
}
const vectorOf = (width, middle) =>
  Float32Array.from({ length: dimensions }, (_, i) => (middle?.[i] ?? 0) + width * next())
const middles = Array.from({ length: 5000 }, () => vectorOf(2))
const near = () => vectorOf(0.1, middles[Math.floor((next() + 0.5) * middles.length)])

const first = Array.from({ length: count }, near)
const later = Array.from({ length: changed }, near)
const queries = Array.from({ length: 300 }, near)
const kept = first.slice(changed)
/** By key: those that were there first and stayed, then those that came. */
const present = new Map([...kept, ...later].map((vector, i) => [BigInt(changed + i), vector]))

const distance = (a, b) => a.reduce((sum, element, i) => sum + (element - b[i]) ** 2, 0)
const nearest = queries.map((query) =>
  [...present]
    .map(([key, vector]) => [key, distance(query, vector)])
    .sort((a, b) => a[1] - b[1])
    .slice(0, 10)
    .map(([key]) => key),
)

const open = () => new usearch.Index({ metric: 'l2sq', dimensions })
const addAll = (index, vectors, firstKey) =>
  vectors.forEach((vector, i) => index.add(BigInt(firstKey + i), vector, 1))

function tell(name, index, asked = 10, least = 0.97) {
  let found = 0
  queries.forEach((query, i) => {
    const { keys } = index.search(query, asked, 1)
    const there = [...keys].filter((key) => present.has(key)).slice(0, 10)
    found += nearest[i].filter((key) => there.includes(key)).length
  })
  const share = found / (10 * queries.length)
  console.error(`${name}: ${share.toFixed(3)}`)
  return share > least
}

const atOnce = open()
addAll(atOnce, [...present.values()], changed)
console.log(`made at once: finds more than 97 % of the nearest: ${tell('at once', atOnce)}`)

const changing = open()
addAll(changing, first, 0)
for (let i = 0; i < changed; i++) changing.remove(BigInt(i))
addAll(changing, later, count)
console.log(
  `with 3 of 10 removed and as many added: finds more than 95 % of the nearest: ${tell('removed', changing, 10, 0.95)}`,
)

const growing = open()
addAll(growing, first, 0)
addAll(growing, later, count)
console.log(
  `with as many added and none removed: finds more than 97 % of those that are there: ${tell('kept', growing, 20)}`,
)
END

expect node subject.mjs <<'END'
made at once: finds more than 97 % of the nearest: true
with 3 of 10 removed and as many added: finds more than 95 % of the nearest: false
with as many added and none removed: finds more than 97 % of those that are there: true
END
