import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { explainFlags } from '../packages/server/src/cli/explain/explainOptions.ts'
import { configurationFlags } from '../packages/server/src/cli/configuration/configurationFlags.ts'
import { flags } from '../packages/server/src/cli/flags.ts'
import { identitiesFlags } from '../packages/server/src/cli/identities/identitiesOptions.ts'
import { migrateFlags } from '../packages/server/src/cli/migration/migrationOptions.ts'
import { tailFlags } from '../packages/server/src/cli/tail/tailOptions.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(read(path)) as Record<string, unknown>

/** What nobody wrote by hand or what is not kept. */
const skipped = new Set([
  'node_modules',
  'dist',
  '.git',
  '.venv',
  '.cache',
  'target',
  '__pycache__',
])

function filesBelow(directory: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
    if (skipped.has(entry.name) || entry.name === 'dynatom-data') continue
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.isDirectory()) found.push(...filesBelow(path))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

const files = filesBelow('')
const code = files.filter((path) => /\.(tsx?|mts|cts|js|mjs|cjs)$/.test(path))
const typescript = code.filter((path) => /\.tsx?$/.test(path))
const serverSources = typescript.filter((path) => path.startsWith('packages/server/src/'))
const clientSources = typescript.filter(
  (path) => path.startsWith('packages/client/src/') && !/\.test\.ts$|\/testing\//.test(path),
)
const consoleSources = typescript.filter(
  (path) => path.startsWith('packages/console/src/') && !/\.test\.tsx?$/.test(path),
)
const packageFiles = files.filter((path) => basename(path) === 'package.json')

/** Places as `path:line`, for every line of `paths` that `pattern` matches. */
function placesOf(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])),
  )
}

test('the files of the repository are found', () => {
  expect(serverSources.length).toBeGreaterThan(50)
  expect(clientSources.length).toBeGreaterThan(30)
  expect(consoleSources.length).toBeGreaterThan(15)
  expect(code).toContain('scripts/test.mjs')
  expect(packageFiles).toContain('packages/server/package.json')
})

describe('names', () => {
  test('no file is a dump', () => {
    const dump = /^(utils?|helpers?|common|misc|shared|types|stuff)\./i
    expect(code.filter((path) => dump.test(basename(path)))).toEqual([])
    const dumpDirectory = /(^|\/)(utils?|helpers?|common|misc|types)\//i
    expect(code.filter((path) => dumpDirectory.test(path))).toEqual([])
  })

  test('files are named in camelCase', () => {
    const camelCase = /^[a-z][a-zA-Z0-9]*(\.[a-z]+)*\.(tsx?|mjs)$/
    expect(code.filter((path) => !camelCase.test(basename(path)))).toEqual([])
  })

  test('an index file stands at the root of a package only', () => {
    const index = code.filter((path) => basename(path).startsWith('index.'))
    expect(index.filter((path) => !/^packages\/[^/]+\/src\/index\.ts$/.test(path))).toEqual([])
  })
})

describe('text', () => {
  test('nothing is left to be done', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b/
    const others = code.filter((path) => path !== 'tests/tidy.test.ts')
    expect(placesOf(others, marks)).toEqual([])
  })

  test('no test is skipped or alone', () => {
    expect(placesOf(typescript, /\b(describe|test|it)\.(only|skip|todo)\b/)).toEqual([])
  })

  test('nothing is waited for without a time that a busy machine keeps', () => {
    const places = placesOf(typescript, /\bvi\s*\.(waitFor|waitUntil)\(/)
    expect(places).toEqual([expect.stringContaining('src/testing/soon.ts')])
  })

  test('only types that vanish: no enum, no namespace', () => {
    expect(placesOf(typescript, /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s/)).toEqual([])
    expect(placesOf(typescript, /^\s*(export\s+)?(declare\s+)?namespace\s/)).toEqual([])
  })

  test('no type is given up', () => {
    const sources = [...serverSources, ...clientSources, ...consoleSources]
    expect(placesOf(sources, /@ts-(ignore|nocheck|expect-error)|\bas any\b/)).toEqual([])
  })

  test('lines have at most 100 columns, in tests 110, and no blanks at their ends', () => {
    const sources = serverSources.filter((path) => !/\.test\.ts$|testdata/.test(path))
    expect(placesOf([...sources, ...clientSources, ...consoleSources], /^.{101,}$/)).toEqual([])
    expect(placesOf(typescript, /^.{111,}$/)).toEqual([])
    expect(placesOf(code, /[ \t]$/)).toEqual([])
  })

  test('the server prints through its log, not console, and the client nothing', () => {
    const sources = serverSources.filter((path) => !path.endsWith('.test.ts'))
    expect(placesOf([...sources, ...clientSources], /\bconsole\./)).toEqual([])
  })

  test('the console makes no markup of text, and nothing of it is logged', () => {
    const markup =
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new \w*Function/
    // One worker runs what is typed, under a policy of its own, which is not the page's.
    const worker = 'packages/console/src/learn/worker/courseWorker.ts'
    expect(placesOf([worker], markup)).toHaveLength(1)
    const others = consoleSources.filter((path) => path !== worker)
    expect(placesOf(others, markup)).toEqual([])
    expect(placesOf(consoleSources, /\bconsole\.(log|error|warn|info|debug)/)).toEqual([])
  })

  test('time and randomness come from the clock that was handed in', () => {
    const names =
      'Date\\.now|Math\\.random|randomUUID|performance\\.now|hrtime|' +
      '(?<!\\.)set(?:Timeout|Interval|Immediate)'
    const ambient = new RegExp(`\\b(?:${names})\\b(?=[.(])|new Date\\(\\)`)
    const sources = [...serverSources, ...clientSources].filter(
      (path) => !path.endsWith('.test.ts') && !path.endsWith('src/clock.ts'),
    )
    const allowed = /src\/testing\/|engineContract/
    const places = placesOf(sources, ambient)
    expect(places.filter((place) => !allowed.test(place))).toEqual([])
  })
})

describe('dependencies', () => {
  const dependenciesOf = (path: string): string[] =>
    Object.keys((readJson(path)['dependencies'] ?? {}) as Record<string, string>)

  test('every dependency of a package has its decision', () => {
    const decisions = readdirSync(join(root, 'docs/decisions')).map((name) =>
      read(`docs/decisions/${name}`),
    )
    const packages = packageFiles.filter((path) => path.startsWith('packages/'))
    for (const name of packages.flatMap(dependenciesOf)) {
      const decided = decisions.some((text) => text.includes(`\`${name}\``))
      expect(decided, `docs/decisions says why ${name} is used`).toBe(true)
    }
  })

  test('the client depends on nothing, and is made for the client of the SDK', () => {
    const manifest = readJson('packages/client/package.json')
    expect(dependenciesOf('packages/client/package.json')).toEqual([])
    expect(Object.keys(manifest['peerDependencies'] as object)).toEqual([
      '@aws-sdk/client-dynamodb',
    ])
  })

  test('the server depends on what stores, what reads YAML and CSV and what writes metrics alone', () => {
    const expected = ['csv-parse', 'lmdb', 'pg', 'prom-client', 'yaml']
    expect(dependenciesOf('packages/server/package.json')).toEqual(expected)
  })

  test.each(files.filter((path) => basename(path) === 'package-lock.json'))(
    '%s names no registry',
    (path) => {
      const lock = readJson(path) as {
        packages: Record<string, { resolved?: string; link?: boolean }>
      }
      const named = Object.entries(lock.packages).filter(
        ([, { resolved, link }]) => resolved !== undefined && link !== true,
      )
      expect(named.map(([name]) => name)).toEqual([])
      expect(read(path)).not.toMatch(
        /https?:\/\/(?!.*(fund|sponsor|paypal|opencollective))[^"]*registry/,
      )
    },
  )

  test('the lock file belongs to the packages', () => {
    const lock = readJson('package-lock.json') as {
      packages: Record<string, Record<string, object | undefined>>
    }
    for (const path of packageFiles.filter(
      (each) => each === 'package.json' || /^packages\/[^/]+\/package\.json$/.test(each),
    )) {
      const own = readJson(path)
      const locked = lock.packages[path === 'package.json' ? '' : path.replace('/package.json', '')]
      for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies']) {
        expect(locked?.[kind], `${path}: ${kind}`).toEqual(own[kind])
      }
    }
  })
})

/**
 * npm makes the package for who depends on a git address from the root of the repository, so that the
 * root is another face of `packages/server`.
 */
test('the root of the repository is the same package as the server', () => {
  const outer = readJson('package.json')
  const server = readJson('packages/server/package.json')
  const moved = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(/^(!?)(\.\/)?/, '$1$2packages/server/')
    if (Array.isArray(value)) return value.map(moved)
    return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, moved(v)]))
  }
  const same = ['name', 'version', 'description', 'license', 'engines', 'dependencies']
  for (const key of [...same, 'optionalDependencies']) expect(outer[key], key).toEqual(server[key])
  for (const key of ['bin', 'main', 'types']) expect(outer[key], key).toEqual(moved(server[key]))
  const { './package.json': manifest, ...entrances } = server['exports'] as object & {
    './package.json': string
  }
  expect(outer['exports']).toEqual({ ...(moved(entrances) as object), './package.json': manifest })
  expect(outer['files']).toEqual([
    'packages/server/package.json',
    ...(moved(server['files']) as []),
  ])
})

describe('scripts', () => {
  test('the shell scripts parse, and what is meant to be run can be run', () => {
    for (const path of ['.ci/run', ...files.filter((each) => each.endsWith('.sh'))]) {
      execFileSync('bash', ['-n', join(root, path)])
    }
    execFileSync('test', ['-x', join(root, '.ci/run')])
  })

  test('every script of package.json names a file that exists', () => {
    const scripts = Object.values(readJson('package.json')['scripts'] as Record<string, string>)
    const named = scripts.flatMap((script) => /^(?:node|bash) (\S+)/.exec(script)?.[1] ?? [])
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

test('the page on the command line names every flag', () => {
  const page = read('docs/command-line.md')
  const others = [tailFlags, explainFlags, identitiesFlags, migrateFlags]
  const tables = [flags, configurationFlags, ...others]
  const named = tables.flat().flatMap(({ names }) => names)
  for (const name of named) expect(page).toContain(`\`${name}`)
})

test('every link in the documents leads somewhere', () => {
  const broken: string[] = []
  for (const path of files.filter((each) => each.endsWith('.md'))) {
    for (const [, target] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      const file = (target as string).split('#')[0] as string
      if (file === '' || /^[a-z]+:/.test(file)) continue
      if (!existsSync(join(root, path, '..', file))) broken.push(`${path} to ${target}`)
    }
  }
  expect(broken).toEqual([])
})
