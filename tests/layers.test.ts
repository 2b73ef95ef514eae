import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const sourceDirectory = fileURLToPath(new URL('../packages/server/src/', import.meta.url))

/** Open to every room. `errors` sits on values, which it builds its texts from. */
const groundFloor = [
  'errors',
  'limits.ts',
  'clock.ts',
  'invariant.ts',
  'nearestName.ts',
  'soleCaller.ts',
  'startListening.ts',
]

/**
 * What each room may import besides itself and the ground floor; a room knows nothing of what is not
 * named here. From top to bottom: none may import a room above it.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  kits: ['cli', 'lab', 'access'],
  cli: [
    'lab',
    'access',
    'http',
    'observe',
    'wire',
    'operations',
    'validation',
    'access',
    'reads',
    'transactions',
    'vectors',
    'upkeep',
    'migration',
    'check',
    'catalog',
    'changes',
    'schema',
    'layout',
    'commits',
    'wire',
    'storage',
    'seeding',
  ],
  seeding: [],
  lab: [
    'operations',
    'transactions',
    'capacity',
    'items',
    'schema',
    'expressions',
    'wire',
    'values',
  ],
  http: ['access', 'wire'],
  observe: ['operations', 'capacity', 'schema', 'wire'],
  operations: [
    'access',
    'partiql',
    'reads',
    'transactions',
    'vectors',
    'capacity',
    'catalog',
    'changes',
    'items',
    'schema',
    'expressions',
    'wire',
    'validation',
    'values',
  ],
  partiql: ['reads', 'expressions', 'values'],
  reads: ['capacity', 'items', 'schema', 'layout', 'expressions', 'storage', 'values'],
  transactions: [
    'capacity',
    'upkeep',
    'changes',
    'items',
    'schema',
    'layout',
    'commits',
    'expressions',
    'storage',
    'values',
  ],
  vectors: ['items', 'schema', 'layout', 'commits', 'storage', 'values'],
  capacity: ['items', 'schema'],
  migration: ['check', 'schema', 'layout', 'commits', 'storage'],
  check: ['access', 'changes', 'items', 'schema', 'layout', 'commits', 'storage', 'values'],
  upkeep: ['catalog', 'changes', 'items', 'schema', 'layout', 'commits', 'storage', 'values'],
  catalog: ['changes', 'schema', 'layout', 'commits', 'storage'],
  changes: ['items', 'schema', 'layout', 'commits', 'storage', 'values'],
  items: ['schema', 'layout', 'storage', 'values'],
  schema: ['layout', 'commits', 'storage', 'values'],
  layout: ['storage', 'values'],
  commits: ['storage'],
  expressions: ['values'],
  wire: ['access', 'values'],
  access: [],
  validation: [],
  storage: [],
  values: [],
}

/** The same for `packages/client`, whose ground floor is its errors and the clock. */
const clientGround = ['errors', 'clock.ts']
const clientRooms: Readonly<Record<string, readonly string[]>> = {
  client: [
    'transactions',
    'reads',
    'batches',
    'actions',
    'session',
    'retries',
    'expressions',
    'schema',
  ],
  transactions: ['session', 'actions', 'retries', 'schema', 'values'],
  reads: ['session', 'actions', 'expressions', 'schema'],
  batches: ['session', 'actions', 'expressions', 'schema'],
  session: ['actions', 'retries', 'schema'],
  actions: ['expressions', 'schema'],
  retries: [],
  expressions: ['schema', 'values'],
  schema: ['values'],
  values: [],
}

/** The same for `packages/console`, from top to bottom. */
const consoleRooms: Readonly<Record<string, readonly string[]>> = {
  app: [
    'tables',
    'items',
    'deletions',
    'transfers',
    'transactions',
    'statements',
    'streams',
    'metrics',
    'lab',
    'learn',
    'database',
    'navigation',
    'parts',
  ],
  tables: ['deletions', 'database', 'navigation', 'parts', 'values'],
  streams: ['items', 'database', 'navigation', 'parts', 'values'],
  items: ['deletions', 'transfers', 'copying', 'kept', 'database', 'navigation', 'parts', 'values'],
  transactions: ['explained', 'database', 'navigation', 'parts', 'values'],
  statements: ['database', 'parts', 'values'],
  metrics: ['database', 'navigation', 'parts', 'values'],
  lab: ['database', 'parts', 'values'],
  learn: ['explained', 'database', 'navigation', 'parts'],
  deletions: ['transfers', 'kept', 'database', 'navigation', 'parts', 'values'],
  transfers: ['kept', 'database', 'navigation', 'parts', 'values'],
  explained: ['database'],
  copying: ['database', 'parts', 'values'],
  kept: ['values'],
  database: [],
  navigation: [],
  parts: [],
  values: [],
}

interface Import {
  /** Paths below the source directory, for imports within it. */
  readonly from: string
  readonly to: string
}

const isTest = (path: string): boolean => path.endsWith('.test.ts') || testSupport.test(path)
const testSupport = /^testing\/|^storage\/engineContract\.ts$/

/** Comments and template texts may hold what looks like an import. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}

const importPattern =
  /^\s*(?:import|export)\s+(?:type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

function importsOf(path: string, directory: string = sourceDirectory): Import[] {
  const text = withoutComments(readFileSync(join(directory, path), 'utf8'))
  const found: Import[] = []
  for (const [, named, dynamic] of text.matchAll(importPattern)) {
    const specifier = (named ?? dynamic) as string
    if (!specifier.startsWith('.')) continue
    const to = join(dirname(path), specifier)
    found.push({ from: path, to })
  }
  return found
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => relative('.', path))
    .filter((path) => path.endsWith('.ts'))
    .sort()

const files = filesIn(sourceDirectory)
const sources = files.filter((path) => !isTest(path))
const imports = sources.flatMap((path) => importsOf(path))

const roomOf = (path: string): string => path.split('/')[0] as string
const told = ({ from, to }: Import): string => `${from} imports ${to}`

describe('the scanner', () => {
  test('finds the imports that are there', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(imports.map(told)).toContain('commits/groupCommit.ts imports storage/engine.ts')
    expect(imports.map(told)).toContain('cli/openEngine.ts imports storage/lmdb/lmdbEngine.ts')
    const unresolved = imports.filter(({ to }) => !files.includes(to))
    expect(unresolved.map(told)).toEqual([])
  })

  test('misses no import of a file that has many', () => {
    const statements = readFileSync(join(sourceDirectory, 'cli/createDatabase.ts'), 'utf8')
      .split('\n')
      .filter((line) => /^import |^} from |await import\(/.test(line))
      .filter((line) => line.includes("'."))
    expect(imports.filter(({ from }) => from === 'cli/createDatabase.ts')).toHaveLength(
      statements.length,
    )
  })
})

test('every package has its list of rooms here', () => {
  const packages = fileURLToPath(new URL('../packages/', import.meta.url))
  expect(readdirSync(packages)).toEqual(['client', 'console', 'mcp', 'server'])
})

describe('rooms', () => {
  test('every file is in a room, on the ground floor or at the root of the package', () => {
    const tests = groundFloor.map((name) => name.replace('.ts', '.test.ts'))
    const known = [...Object.keys(rooms), ...groundFloor, ...tests, 'testing', 'index.ts']
    expect(files.filter((path) => !known.includes(roomOf(path)))).toEqual([])
  })

  test('a room imports only the rooms that it may know', () => {
    const strange = imports.filter(({ from, to }) => {
      const allowed = rooms[roomOf(from)]
      if (allowed === undefined || groundFloor.includes(roomOf(to))) return false
      return roomOf(from) !== roomOf(to) && !allowed.includes(roomOf(to))
    })
    expect(strange.map(told)).toEqual([])
  })

  test('a room is allowed no more than it uses', () => {
    const used = new Set(imports.map(({ from, to }) => `${roomOf(from)} > ${roomOf(to)}`))
    const unused = Object.entries(rooms).flatMap(([room, allowed]) =>
      allowed.map((other) => `${room} > ${other}`).filter((edge) => !used.has(edge)),
    )
    expect(unused).toEqual([])
  })

  test('the ground floor imports no room, except that errors may name values', () => {
    const upward = imports.filter(({ from, to }) => {
      if (!groundFloor.includes(roomOf(from)) || groundFloor.includes(roomOf(to))) return false
      return !(roomOf(from) === 'errors' && roomOf(to) === 'values')
    })
    expect(upward.map(told)).toEqual([])
  })

  test('the root of the package exports from the command room alone', () => {
    const others = imports.filter(({ from, to }) => from === 'index.ts' && roomOf(to) !== 'cli')
    expect(others.map(told)).toEqual([])
    expect(imports.filter(({ to }) => to === 'index.ts').map(told)).toEqual([])
  })

  test('nothing but tests uses what is made for tests', () => {
    expect(imports.filter(({ to }) => isTest(to)).map(told)).toEqual([])
  })

  test('only the composition names an engine', () => {
    const engines = imports.filter(({ from, to }) => {
      const engine = /^storage\/(lmdb|memory|postgres)\//.exec(to)?.[0]
      return engine !== undefined && !from.startsWith(engine)
    })
    expect(engines.map(told).sort()).toEqual([
      'cli/openEngine.ts imports storage/lmdb/lmdbEngine.ts',
      'cli/openEngine.ts imports storage/memory/memoryEngine.ts',
      'cli/openEngine.ts imports storage/postgres/openPostgres.ts',
    ])
  })
})

describe('rooms of the client', () => {
  const directory = fileURLToPath(new URL('../packages/client/src/', import.meta.url))
  const ownSources = filesIn(directory).filter((path) => !isTest(path))
  const ownImports = ownSources.flatMap((path) => importsOf(path, directory))
  const edges = ownImports
    .map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }))
    .filter(({ from, to }) => from !== to && !clientGround.includes(to) && from !== 'index.ts')

  test('every file is in a room, on the ground floor or at the root of the package', () => {
    const known = [...Object.keys(clientRooms), ...clientGround, 'index.ts']
    expect(ownSources.filter((path) => !known.includes(roomOf(path)))).toEqual([])
  })

  test('nothing of the server or of tests is imported, and only what exists', () => {
    expect(ownImports.filter(({ to }) => !ownSources.includes(to)).map(told)).toEqual([])
  })

  test('of packages only the client of the SDK is imported', () => {
    const named = ownSources.flatMap((path) => [
      ...readFileSync(join(directory, path), 'utf8').matchAll(/ from '([^.'][^']*)'/g),
    ])
    expect([...new Set(named.map(([, name]) => name))]).toEqual(['@aws-sdk/client-dynamodb'])
  })

  test('a room imports only the rooms that it may know, and is allowed no more than it uses', () => {
    const used = [...new Set(edges.map(({ from, to }) => `${from} > ${to}`))].sort()
    const allowed = Object.entries(clientRooms).flatMap(([room, others]) =>
      others.map((other) => `${room} > ${other}`),
    )
    expect(used).toEqual(allowed.sort())
  })

  test('rooms are in order, from top to bottom', () => {
    const order = Object.keys(clientRooms)
    const upward = edges.filter(({ from, to }) => order.indexOf(from) > order.indexOf(to))
    expect(upward).toEqual([])
  })

  test('imports have no cycles', () => expect(cyclesIn(ownSources, ownImports)).toEqual([]))
})

describe('rooms of the console', () => {
  const directory = fileURLToPath(new URL('../packages/console/src/', import.meta.url))
  const own = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .sort()
  const ownImports = own.flatMap((path) => importsOf(path, directory))
  const edges = ownImports
    .map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }))
    .filter(({ from, to }) => from !== to && from !== 'main.tsx')

  test('every file is in a room, and main starts them', () => {
    const known = [...Object.keys(consoleRooms), 'main.tsx']
    expect(own.filter((path) => !known.includes(roomOf(path)))).toEqual([])
    expect(own.length).toBeGreaterThan(15)
  })

  test('nothing of the server is imported, and only what exists', () => {
    const strange = ownImports.filter(({ to }) => !own.includes(to))
    expect(strange.map(told)).toEqual([])
  })

  test('a room imports only the rooms that it may know, and is allowed no more than it uses', () => {
    const used = [...new Set(edges.map(({ from, to }) => `${from} > ${to}`))].sort()
    const allowed = Object.entries(consoleRooms).flatMap(([room, others]) =>
      others.map((other) => `${room} > ${other}`),
    )
    expect(used).toEqual(allowed.sort())
    const order = Object.keys(consoleRooms)
    expect(edges.filter(({ from, to }) => order.indexOf(from) > order.indexOf(to))).toEqual([])
  })

  test('imports have no cycles', () => expect(cyclesIn(own, ownImports)).toEqual([]))
})

test('imports have no cycles', () => expect(cyclesIn(sources, imports)).toEqual([]))

function cyclesIn(paths: readonly string[], all: readonly Import[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { from, to } of all) {
    targets.set(from, [...(targets.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' > '))
      return
    }
    if (done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of paths) visit(path, [])
  return cycles
}
