import { markdownTable } from './report.mjs'
import { summarizeRow } from './rowSummary.mjs'

const usualAim = 1.1

/** What Dynatom wants to be beside dynoxide, with one connection and with 64, where it is more than usual. */
const peerAims = {
  GetItem: { memory: [1.3, 1.5], durable: [1.3, 1.5] },
  'TransactGetItems of two': { memory: [1.3, 1.8], durable: [1.3, 1.8] },
  'Query of 10': { memory: [1.4, 2], durable: [1.3, 1.8] },
  'Query of 100, filter': { memory: [usualAim, 2.5], durable: [2, 2.5] },
  PutItem: { memory: [1.3, usualAim], durable: [1.4, usualAim] },
  'UpdateItem, one hot counter': { memory: [1.3, usualAim], durable: [1.4, usualAim] },
  'UpdateItem, spread counters': { memory: [1.3, usualAim], durable: [1.4, usualAim] },
  'TransactWriteItems of two': { durable: [1.4, usualAim] },
}

const besideAims = { GetItem: { memory: [1, 2.2] } }

const pairs = [
  {
    ours: 'dynatom-memory',
    theirs: 'dynoxide-memory',
    kind: 'memory',
    aims: peerAims,
    usual: usualAim,
  },
  { ours: 'dynatom', theirs: 'dynoxide', kind: 'durable', aims: peerAims, usual: usualAim },
  { ours: 'dynatom-memory', theirs: 'beside-memory', kind: 'memory', aims: besideAims, usual: 1 },
  { ours: 'dynatom', theirs: 'beside', kind: 'durable', aims: besideAims, usual: 1 },
]

function cell({ rounds, workload, connections }, { ours, theirs, kind, aims, usual }) {
  const ratio = summarizeRow(rounds, theirs)[ours]?.ratio
  if (ratio === undefined) return '–'
  const aim = aims[workload.name]?.[kind]?.[connections === 1 ? 0 : 1] ?? usual
  const text = `${ratio.toFixed(2)} (${aim})`
  return ratio < aim ? `**${text}**` : text
}

/**
 * Markdown of Dynatom's requests per second as multiples of those of others, median of the ratios within rounds,
 * with what they are meant to be; undefined where there are none.
 */
export function peerRatios(rows, targetKinds) {
  const titles = new Map(targetKinds.map(({ name, title }) => [name, title]))
  const there = pairs.filter(({ ours, theirs }) => titles.has(ours) && titles.has(theirs))
  if (there.length === 0) return undefined
  const head = ['Operation', 'Connections', ...there.map(({ theirs }) => titles.get(theirs))]
  const body = rows.map((row) => [
    row.workload.name,
    row.connections,
    ...there.map((pair) => cell(row, pair)),
  ])
  const explanation =
    'Requests per second as multiples of those of others, in memory beside in memory and durable beside durable, ' +
    'and in brackets the aim; in bold what does not reach it:'
  return `${explanation}\n\n${markdownTable(head, body)}`
}
