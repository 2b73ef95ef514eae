import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { validationTextRows } from './testdata/validationTextRows.ts'

const sourceDirectory = fileURLToPath(new URL('..', import.meta.url))
const files = readdirSync(sourceDirectory, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(sourceDirectory, path), 'utf8') }))

const isTest = (path: string): boolean => /\.test\.ts$|(^|\/)(testing|testdata)\//.test(path)
const isCatalogue = (path: string): boolean => path.startsWith('errors/') && !isTest(path)
const catalogue = files.filter(({ path }) => isCatalogue(path))
const sources = files.filter(({ path }) => !isCatalogue(path) && !isTest(path))

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

/**
 * The texts of a source, each in one piece even if it is written as a sum, with `${…}` for a gap.
 */
function textsOf(source: string): string[] {
  const texts: string[] = []
  let end = 0
  for (const literal of source.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`((?:\$\{[^}]*\}|[^`])*)`/g)) {
    const [whole, single, double, template] = literal
    const text = single ?? double ?? (template as string).replaceAll(/\$\{[^}]*\}/g, '${}')
    const continues = /^\s*\+\s*$/.test(source.slice(end, literal.index))
    if (continues && texts.length > 0) texts.push((texts.pop() as string) + text)
    else texts.push(text)
    end = literal.index + whole.length
  }
  return texts
}

interface Entry {
  readonly name: string
  readonly body: string
  readonly path: string
}

/** The exported functions and values of the catalogue, as they stand in their files. */
const entries: Entry[] = catalogue.flatMap(({ path, text }) =>
  [
    ...withoutComments(text).matchAll(/^export (?:function|const) (\w+)[\s\S]*?(?:\n}\n|\n\n)/gm),
  ].map(([body, name]) => ({ name: name as string, body, path })),
)

/** The longest part of the texts that an entry builds that is the same in each of them. */
function longestText(body: string): string {
  const parts = textsOf(body).flatMap((text) => text.split('${}'))
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '').trim()
}

const names = (text: string): ReadonlySet<string> => new Set(text.match(/\w+/g))

describe('the error catalogue', () => {
  it('is found', () => {
    expect(entries.length).toBeGreaterThan(150)
    const syntaxError = entries.find(({ name }) => name === 'syntaxError') as Entry
    expect(longestText(syntaxError.body)).toBe('Syntax error; token: "')
  })

  it('has no entry that nothing uses', () => {
    const used = names(sources.map(({ text }) => withoutComments(text)).join('\n'))
    const unused = entries.filter(({ name, body, path }) => {
      if (used.has(name) || path === 'errors/apiError.ts') return false
      return !entries.some((other) => other.body !== body && names(other.body).has(name))
    })
    expect(unused.map(({ name }) => name)).toEqual([])
  })

  it('has no text that no test shows', () => {
    const rows = validationTextRows.map(({ expected }) => Object.values(expected))
    const tests = files.filter(({ path }) => path.endsWith('.test.ts'))
    const shown = [
      ...rows.flat().map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
      ...tests.flatMap(({ text }) => textsOf(withoutComments(text))),
    ].join('\n')
    const untested = entries.filter(({ body }) => !shown.includes(longestText(body)))
    expect(untested.map(({ name, body }) => [name, longestText(body)])).toEqual([])
  })

  it('is the only place that builds errors with texts', () => {
    const builders = /new ApiError\(|\b(?:validationException|invalidParameterValues)\(/
    const strangers = sources.filter(({ text }) => builders.test(withoutComments(text)))
    expect(strangers.map(({ path }) => path)).toEqual([])
  })
})
