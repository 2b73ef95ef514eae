import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = join(root, 'scripts/model.mjs')
const shipped = join(root, 'packages/server/model/dynamodb.json')
const directory = mkdtempSync(join(tmpdir(), 'dynatom-model-'))

afterAll(() => rmSync(directory, { recursive: true, force: true }))

const withoutCaller = { ...process.env, INIT_CWD: undefined }

function linesOf(...args: readonly string[]): string[] {
  const output = execFileSync(process.execPath, [script, ...args], {
    cwd: directory,
    env: withoutCaller,
    encoding: 'utf8',
  })
  return output.trimEnd().split('\n')
}

function failureOf(...args: readonly string[]): string {
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: directory,
    env: withoutCaller,
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  return stderr.trimEnd()
}

function write(name: string, model: object): string {
  const path = join(directory, name)
  writeFileSync(path, JSON.stringify(model))
  return path
}

const metadata = { targetPrefix: 'DynamoDB_20120810' }
const before = {
  metadata,
  operations: {
    Get: { name: 'Get', input: { shape: 'GetInput' }, errors: [{ shape: 'Busy' }] },
    Old: { name: 'Old', input: { shape: 'GetInput' } },
  },
  shapes: {
    GetInput: {
      type: 'structure',
      required: ['Name'],
      members: { Name: { shape: 'Name' }, Mode: { shape: 'Mode' }, Gone: { shape: 'Mode' } },
    },
    Name: { type: 'string', min: 1, max: 100, pattern: '[a-z]+' },
    Mode: { type: 'string', enum: ['FAST', 'SLOW'] },
    Order: { type: 'string', enum: ['A', 'B'] },
    Names: { type: 'list', member: { shape: 'Name' } },
    Dropped: { type: 'integer' },
  },
}
const after = {
  metadata,
  documentation: 'A service.',
  operations: {
    Get: {
      name: 'Get',
      input: { shape: 'GetInput' },
      errors: [{ shape: 'Busy' }, { shape: 'Gone' }],
      documentation: 'Gets.',
    },
    New: { name: 'New', input: { shape: 'GetInput' } },
  },
  shapes: {
    GetInput: {
      type: 'structure',
      required: ['Name', 'Mode'],
      members: {
        Name: { shape: 'Names', documentation: 'A name.' },
        Mode: { shape: 'Mode' },
        documentation: { shape: 'Name' },
      },
    },
    Name: { type: 'string', max: 255, pattern: '[a-z]+', documentation: 'A name.' },
    Mode: { type: 'string', enum: ['SLOW', 'FASTER'] },
    Order: { type: 'string', enum: ['B', 'A'] },
    Names: { type: 'list', member: { shape: 'Mode' } },
    Added: { type: 'structure', members: {} },
  },
}

const differences = [
  'operation Get: errors Gone added',
  'operation New added',
  'operation Old removed',
  'shape Added added (structure)',
  'shape Dropped removed (integer)',
  'shape GetInput: required Mode added',
  'shape GetInput: member Gone removed (Mode)',
  'shape GetInput: member Name: shape Names instead of Name',
  'shape GetInput: member documentation added (Name)',
  'shape Mode: enum FASTER added',
  'shape Mode: enum FAST removed',
  'shape Name: min none instead of 1',
  'shape Name: max 255 instead of 100',
  'shape Names: member Mode instead of Name',
  'shape Order: enum in another order: B, A',
  '15 differences',
]

describe('npm run model', () => {
  test('tells every kind of difference, and nothing of the texts for people', () => {
    const against = write('before.json', before)
    expect(linesOf(write('after.json', after), '--against', against)).toEqual(differences)
    expect(readFileSync(against, 'utf8')).toBe(JSON.stringify(before))
  })

  test('takes a model over without its texts', () => {
    const against = write('taken.json', before)
    const path = write('after.json', after)
    expect(linesOf(path, '--write', '--against', against)).toEqual(differences)
    expect(linesOf(path, '--against', against)).toEqual(['0 differences'])
    const taken = readFileSync(against, 'utf8')
    expect(taken).not.toMatch(/Gets\.|A name\.|A service\./)
    const { shapes } = JSON.parse(taken) as typeof after
    expect(shapes.GetInput.members.documentation).toEqual({ shape: 'Name' })
  })

  test('compares with the shipped model of the same service', () => {
    const lines = linesOf(write('after.json', after))
    expect(lines).toContain('operation GetItem removed')
    expect(lines).toContain('operation New added')
  })

  test('the shipped model has the form that it writes', () => {
    expect(linesOf(shipped)).toEqual(['0 differences'])
    const copy = join(directory, 'copy.json')
    copyFileSync(shipped, copy)
    linesOf(shipped, '--against', copy, '--write')
    expect(readFileSync(copy, 'utf8')).toBe(readFileSync(shipped, 'utf8'))
  })

  test('refuses what it cannot compare', () => {
    const usage = 'Usage: npm run model -- service-2.json [--against FILE] [--write]'
    expect(failureOf()).toBe(usage)
    expect(failureOf('a.json', 'b.json')).toBe(usage)
    expect(failureOf('a.json', '--force')).toBe(usage)
    const other = write('other.json', { ...after, metadata: { targetPrefix: 'Other_1' } })
    expect(failureOf(other)).toBe('No model with the target prefix Other_1 is shipped.')
    const noModel = write('noModel.json', { name: 'x' })
    expect(failureOf(noModel)).toBe(
      `${noModel} is no model of a service: a service-2.json is wanted.`,
    )
  })
})
