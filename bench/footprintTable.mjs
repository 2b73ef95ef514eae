import { markdownTable } from './report.mjs'

const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`
const residentCell = ({ total, own }) => `${mebibytes(total)} (${mebibytes(own)})`

/** Markdown of what the stores take on the disk and the servers in memory, by size. */
export function footprintTable(targets) {
  const rows = targets.map(({ kind, footprint }) => {
    const { loadMs, resident } = footprint
    return [
      kind.title,
      `${(loadMs / 1000).toFixed(1)} s`,
      mebibytes(footprint.storeBytes),
      `${Math.round(footprint.storeBytes / kind.itemCount)} bytes`,
      ...[resident.empty, resident.loaded, resident.measured].map(residentCell),
    ]
  })
  const head = ['Size', 'Loaded in', 'Store on disk', 'Per item']
  const memory = ['Resident, empty', 'Resident, loaded', 'Resident, measured']
  const explanation =
    'Store on disk right after loading. Resident memory (VmRSS) of the server before and after ' +
    'loading, and after all measurements; in brackets what is its own (RssAnon). The rest is ' +
    'pages of mapped files, the store above all: they belong to the page cache, which the system ' +
    'takes back when memory is needed elsewhere.'
  return `${explanation}\n\n${markdownTable([...head, ...memory], rows)}`
}
