import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { postgresPrograms } from './postgresNode.mjs'
import { usedDuring } from './serverLoad.mjs'

/** What sessions of the server are told that has to do with speed; see `session.ts`. */
const sessionOptions = [
  'synchronous_commit=on',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
]

/** Rows of pgbench are in a store of the same form beside that of the server. */
export const bareSchema = 'bare'

const rowKey = (i) => `'\\x10'::bytea || int4send(${i}) || '\\x${'61'.repeat(24)}'::bytea`
const tokenKey = (kind) => `'\\x${kind}'::bytea || int8send(:a) || int8send(:b)`
const token = 'int8send(:a) || int8send(:b)'
const bytea = (hex) => `'${hex}'::bytea`

/** Fills the store beside with as many rows of the size of `value`, and one as if of a table. */
export async function fillBare(node, itemCount, { value, version }) {
  const into = `INSERT INTO ${bareSchema}.entries (k, h, v)`
  const row = `${bytea(version)}, ${bytea(value)}`
  await node.query(`${into} SELECT ${rowKey('i')}, ${row}
    FROM generate_series(0, ${itemCount - 1}) AS i`)
  await node.query(`${into} VALUES ('\\x0101'::bytea, ${row})`)
  await node.query('VACUUM ANALYZE')
}

/** Scripts of pgbench: the bare work of GetItem, PutItem, and TransactWriteItems of two. */
export function scripts(itemCount, { value, version }) {
  const random = (name, most) => `\\set ${name} random(0, ${most})`
  const tokens = [random('a', 2 ** 62), random('b', 2 ** 62)]
  const [h, v] = [bytea(version), bytea(value)]
  const commit = (locks, relied, puts) => {
    const array = (type, members) => `ARRAY[${members.join(', ')}]::${type}[]`
    const column = (members) => array('bytea', members)
    const isNew = puts.map(({ absent }) => absent === true)
    return `SELECT ${bareSchema}.commit(${array('bigint', locks)},
      ${column([...relied, ...puts.map(({ key }) => key)])},
      ${column([...relied.map(() => h), ...isNew.map((absent) => (absent ? 'NULL' : h))])},
      ${column(puts.map(({ key }) => key))}, ${column(puts.map((put) => put.h ?? h))},
      ${column(puts.map((put) => put.v ?? v))}, ${column(puts.map(() => 'NULL'))},
      '{}'::bytea[], ${token});`.replaceAll(/\s+/g, ' ')
  }
  const table = `'\\x0101'::bytea`
  const small = { h: `'\\x${'00'.repeat(24)}'::bytea`, v: `'\\x${'7b'.repeat(120)}'::bytea` }
  const bound = { key: tokenKey('05'), absent: true, ...small }
  const ending = { key: tokenKey('06'), absent: true, h: small.h, v: `'\\x01'::bytea` }
  return {
    GetItem: [
      random('i', itemCount - 1),
      `SELECT v, h FROM ${bareSchema}.entries WHERE k = ${rowKey(':i')};`,
    ],
    PutItem: [
      random('i', itemCount - 1),
      ...tokens,
      commit(['-1', '-2', '1000 + :i'], [table], [{ key: rowKey(':i') }]),
    ],
    'TransactWriteItems of two': [
      random('i', itemCount / 2 - 1),
      '\\set j :i * 2',
      '\\set k :i * 2 + 1',
      ...tokens,
      commit(
        [
          '-1',
          '-2',
          '1000 + :j',
          '1000 + :k',
          '1000000 + (:a)::bigint % 1000000',
          '2000000 + (:b)::bigint % 1000000',
        ],
        [table],
        [{ key: rowKey(':j') }, { key: rowKey(':k') }, bound, ending],
      ),
    ],
  }
}

const skippedMs = 2000

/**
 * Runs a script over so many clients and one thread for a while. Gives its rate and the seconds of
 * processor time that the node takes for one transaction, both without the time in which it begins,
 * and how many processors others kept busy.
 */
export async function runPgbench(node, lines, { clients, seconds }) {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-pgbench-'))
  const file = join(directory, 'script.sql')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const total = seconds + Math.ceil(skippedMs / 1000) + 1
  const load = ['-c', String(clients), '-j', '1', '-T', String(total), '-P', '1', '-f', file]
  const place = ['-h', node.host, '-p', String(node.port), '-U', node.user, node.database]
  const env = { ...process.env, PGPASSWORD: node.password }
  env.PGOPTIONS = sessionOptions.map((option) => `-c ${option}`).join(' ')
  const args = ['-n', '-M', 'prepared', ...load, ...place]
  const child = spawn(join(postgresPrograms(), 'pgbench'), args, { env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const ended = once(child, 'close')
  await delay(skippedMs)
  const used = await usedDuring(seconds, { leader: () => node.cpuSeconds() })
  const [code] = await ended
  rmSync(directory, { recursive: true })
  const rates = [...said.matchAll(/progress: ([\d.]+) s, ([\d.]+) tps/g)].map((each) =>
    Number(each[2]),
  )
  if (code !== 0 || rates.length < 3) throw new Error(`pgbench: ${said.slice(-500)}`)
  const counted = rates.slice(2, 2 + seconds)
  const rate = counted.reduce((sum, each) => sum + each, 0) / counted.length
  return { rate, leaderCpu: used.leader / rate, others: used.others }
}
