import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pagePath = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))
const startMarker = '<!-- results: written by npm run bench -- --write -->'
const endMarker = '<!-- end of results -->'

/** Replaces the text between the two markers of docs/benchmarks.md. Throws without markers. */
export function writeBenchmarkPage(markdown) {
  const page = readFileSync(pagePath, 'utf8')
  const start = page.indexOf(startMarker)
  const end = page.indexOf(endMarker)
  if (start === -1 || end < start) throw new Error(`${pagePath} has lost its result markers`)
  const before = page.slice(0, start + startMarker.length)
  writeFileSync(pagePath, `${before}\n\n${markdown}\n\n${page.slice(end)}`)
}
