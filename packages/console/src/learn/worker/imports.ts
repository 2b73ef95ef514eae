/** What programs can import, by the name of its package. */
export type Packages = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** `import { A, B as C } from 'package'` or `import * as All from 'package'`. */
const importStatement = new RegExp(
  [
    /^(?<blank>[ \t]*)import\s+(?:(?<names>\{[^}]*\})|\*\s+as\s+(?<all>[\w$]+))/,
    /\s+from\s+['"](?<from>[^'"]+)['"][ \t]*;?/,
  ]
    .map(({ source }) => source)
    .join(''),
  'gm',
)

/**
 * The program as the body of a function: what it imports is taken out of `packages` instead, and
 * its lines stay the lines that they are. Throws SyntaxError for what is not there.
 */
export function withoutImports(program: string, packages: Packages): string {
  let body = ''
  let end = 0
  for (const match of program.matchAll(importStatement)) {
    const { blank = '', names, all, from = '' } = match.groups ?? {}
    const found = packages[from]
    if (found === undefined) throw new SyntaxError(missingPackage(from, packages))
    const target = names === undefined ? (all as string) : pattern(names, from, found)
    const taken = `${blank}const ${target} = packages[${JSON.stringify(from)}];`
    body += program.slice(end, match.index) + taken
    end = match.index + match[0].length
  }
  return body + program.slice(end)
}

const missingPackage = (name: string, packages: Packages): string =>
  `There is no package '${name}' here, but ${Object.keys(packages).join(' and ')}.`

/** `{ A, B as C }` as a pattern that takes an object apart. */
function pattern(names: string, from: string, found: Packages[string]): string {
  for (const [name] of names.matchAll(/[\w$]+(?:\s+as\s+[\w$]+)?/g)) {
    const imported = name.split(/\s/, 1)[0] as string
    if (!(imported in found)) throw new SyntaxError(`'${from}' has no ${imported}.`)
  }
  return names.replaceAll(/\s+as\s+/g, ': ')
}
