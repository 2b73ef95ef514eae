import { markdownTable } from './report.mjs'
import { median } from './statistics.mjs'

/** Markdown of how long starts take, each beside that of an empty store, which is the first of `starts`. */
export function startsTable(starts) {
  const [empty] = starts
  const rows = starts.map(({ title, readyMs }) => {
    const ratios = readyMs.map((ms, round) => ms / empty.readyMs[round])
    return [title, `${median(readyMs).toFixed(0)} ms`, median(ratios).toFixed(2)]
  })
  const explanation =
    'From the start of the process to the line that tells that it is ready, after a clean stop, median of ' +
    `${empty.readyMs.length}; and the median ratio to that of an empty store in the same round.`
  return `${explanation}\n\n${markdownTable(['Store', 'Ready after', 'Ratio'], rows)}`
}
