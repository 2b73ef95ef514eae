/**
 * `npm run reference`: writes docs/client/reference.md, what `@dynatom/client` exports with its docstrings, out of the
 * compiled types. `--check` compares with what was compiled last instead, and says what to run when the page differs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, inRoot } from './workspace.mjs'

const dist = inRoot('packages', 'client', 'dist')
const page = inRoot('docs', 'client', 'reference.md')

/** The parts of the page: the rooms that exports come from, in the order of a program. */
const sections = [
  { title: 'Tables and entities', rooms: ['schema'] },
  { title: 'The client', rooms: ['client', 'session', 'clock.d.ts'] },
  { title: 'Actions', rooms: ['actions'] },
  { title: 'Conditions and changes', rooms: ['expressions'] },
  { title: 'Queries and scans', rooms: ['reads'] },
  { title: 'Batches', rooms: ['batches'] },
  { title: 'Transactions', rooms: ['transactions'] },
  { title: 'Outcomes and retries', rooms: ['retries'] },
  { title: 'Errors', rooms: ['errors'] },
  { title: 'Values', rooms: ['values'] },
]

/** What the root of the package exports: names with their files, in the order of index.d.ts. */
function exportsOf(text) {
  const statements = text.matchAll(/^export (?:type )?\{([^}]*)\} from '\.\/([^']+)\.ts';?$/gms)
  return [...statements].flatMap(([, names, path]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, path: `${path}.d.ts` })),
  )
}

/** The text of a docstring without its frame. */
const unframed = (comment) =>
  comment
    .replace(/^\s*\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()

/** Where a declaration that begins at `start` ends: at the end of a line outside of all brackets. */
function endOf(text, start) {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text.startsWith('/*', i)) {
      i = text.indexOf('*/', i) + 1
      continue
    }
    const character = text[i]
    if (character === "'" || character === '`') {
      i = text.indexOf(character, i + 1)
      continue
    }
    if ('{(['.includes(character)) depth += 1
    if ('})]'.includes(character)) depth -= 1
    if (character === '\n' && depth === 0 && /[;}]$/.test(text.slice(start, i).trimEnd())) return i
  }
  return text.length
}

/** Every declaration of a name in a file of types, with the docstring before it. */
function declarationOf(text, name) {
  const pattern = new RegExp(
    `((?:^/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?)^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type) ${name}\\b`,
    'm',
  )
  const match = pattern.exec(text)
  if (match === null) throw new Error(`${name} is not declared where it is exported from.`)
  const start = match.index + match[1].length
  return { comment: unframed(match[1]), code: text.slice(start, endOf(text, start)) }
}

/** A declaration as people read it: without what is private, and without words that types alone need. */
function shown(code) {
  return code
    .replace(/^export (declare )?/, '')
    .replaceAll(/^ +#?private;?\n/gm, '')
    .replaceAll(/^ +#[a-zA-Z]+;?\n/gm, '')
    .replaceAll(/^( +)/gm, ({ length }) => ' '.repeat((length >> 1) + (length % 2)))
    .trimEnd()
}

/** Links of docstrings become names; their tags become a list. */
function prose(comment) {
  const [text, ...tags] = comment
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .split(/^@/m)
    .map((part) => part.replaceAll(/\s*\n\s*(?!\n)/g, ' ').trim())
  const list = tags.map((tag) => {
    const [word, ...rest] = tag.split(' ')
    if (word === 'param') return `- \`${rest[0]}\`: ${rest.slice(1).join(' ')}`
    return `- ${{ returns: 'gives', throws: 'fails with' }[word] ?? word} ${rest.join(' ')}`
  })
  return [text, list.join('\n')].filter((part) => part !== '').join('\n\n')
}

function entryOf({ name, path }) {
  const { comment, code } = declarationOf(readFileSync(join(dist, path), 'utf8'), name)
  if (comment === '') throw new Error(`${name} of ${path} has no docstring.`)
  const declaration = shown(code)
  const text = [`### ${name}`, prose(comment), `\`\`\`typescript\n${declaration}\n\`\`\``].join(
    '\n\n',
  )
  return { rank: kinds.indexOf(/^(?:abstract )?(\w+)/.exec(declaration)[1]), text }
}

/** What programs call comes before what they name. */
const kinds = ['function', 'const', 'class', 'interface', 'type']

/** The whole page. */
function reference() {
  const all = exportsOf(readFileSync(join(dist, 'index.d.ts'), 'utf8'))
  const roomOf = ({ path }) => (dirname(path) === '.' ? path : path.split('/')[0])
  const parts = sections.map(({ title, rooms }) => {
    const own = all.filter((each) => rooms.includes(roomOf(each)))
    const entries = own.map(entryOf).sort((a, b) => a.rank - b.rank)
    return [`## ${title}`, ...entries.map(({ text }) => text)].join('\n\n')
  })
  const told = new Set(sections.flatMap(({ rooms }) => rooms))
  const left = all.filter((each) => !told.has(roomOf(each)))
  if (left.length > 0) throw new Error(`No section has ${left.map(({ name }) => name).join(', ')}.`)
  const head = [
    '# Reference of the client',
    'Everything that `@dynatom/client` exports, made from its docstrings by `npm run reference`. [How to use it](../client.md) comes by task.',
  ]
  return `${[...head, ...parts].join('\n\n')}\n`
}

async function main(args) {
  if (!args.includes('--check')) {
    const built = await build()
    if (built === 0) writeFileSync(page, reference())
    return built
  }
  if (readFileSync(page, 'utf8') === reference()) return 0
  console.error('docs/client/reference.md is not what the docstrings say: npm run reference')
  return 1
}

process.exitCode = await main(process.argv.slice(2))
