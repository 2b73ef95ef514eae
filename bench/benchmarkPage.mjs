import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pagePath = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

/** The blocks of the page that runs replace, each between two markers of its own. */
const markers = {
  comparison: {
    start: '<!-- results: written by npm run bench -- --write -->',
    end: '<!-- end of results -->',
  },
  growth: {
    start: '<!-- growth: written by npm run bench -- --growth --write -->',
    end: '<!-- end of growth -->',
  },
  streams: {
    start: '<!-- streams: written by npm run bench -- --streams --write -->',
    end: '<!-- end of streams -->',
  },
}

/** Replaces one block, 'comparison', 'growth' or 'streams', of docs/benchmarks.md. Throws without markers. */
export function writeBenchmarkPage(block, markdown) {
  const page = readFileSync(pagePath, 'utf8')
  const start = page.indexOf(markers[block].start)
  const end = page.indexOf(markers[block].end)
  if (start === -1 || end < start) throw new Error(`${pagePath} has lost its ${block} markers`)
  const before = page.slice(0, start + markers[block].start.length)
  writeFileSync(pagePath, `${before}\n\n${markdown}\n\n${page.slice(end)}`)
}
