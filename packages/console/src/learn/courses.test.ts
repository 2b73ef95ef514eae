import { readdirSync, readFileSync } from 'node:fs'
import {
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type Database } from 'dynatom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Check, Expectation, Step } from './course.ts'
import { readCourse } from './readCourse.ts'
import { setStage } from './stage.ts'
import { verify } from './verify.ts'

const folder = new URL('../../courses/', import.meta.url)
const contentOf = (name: string): unknown =>
  parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'), { merge: true })
const names = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''))

describe.each(names)('the course %s', (name) => {
  const course = readCourse(name, contentOf(name))

  test('says to each check what is wanted, and begins with something to be done', () => {
    for (const { checks, code, solution, hint } of course.steps) {
      expect(checks.length).toBeGreaterThan(0)
      expect(code).not.toBe(solution)
      expect(hint).not.toBe('')
    }
  })

  test('knows no placeholder but those that are filled in', () => {
    const texts = [course.python, course.shell, ...course.steps.flatMap((s) => [s.python, s.shell])]
    const found = texts.flatMap((text) => [...text.matchAll(/\{(endpoint|key|region)\}/g)])
    expect(new Set(found.map(([, each]) => each))).toEqual(new Set(['endpoint', 'key', 'region']))
  })
})

test('the courses that are promised are there', () => {
  expect(names).toEqual(['bookstore', 'gamePurchase', 'ordersAndPayments'])
})

describe('a file with a fault is refused with the place of it', () => {
  const step = {
    id: 'a',
    title: 'A',
    text: 't',
    hint: 'h',
    code: 'c',
    solution: 's',
    python: 'p',
    shell: 's',
    stage: {},
    checks: [],
  }
  const whole = {
    title: 'T',
    minutes: 5,
    about: 'a',
    scenario: 's',
    goal: 'g',
    python: 'p',
    shell: 's',
    steps: [step],
  }
  const withStep = (changed: object) => ({ ...whole, steps: [{ ...step, ...changed }] })

  test.each([
    [[], 'x is no object'],
    [{ ...whole, title: '' }, 'x.title is no text'],
    [{ ...whole, minutes: 'ten' }, 'x.minutes is no number'],
    [{ ...whole, steps: {} }, 'x.steps is no list'],
    [{ ...whole, steps: [step, step] }, 'x is steps of one id'],
    [withStep({ hint: undefined }), 'x.steps[0].hint is no text'],
    [withStep({ stage: { T: { key: {}, items: [] } } }), 'x.steps[0].stage.T.key is no key'],
    [
      withStep({ stage: { T: { key: { a: 'X' }, items: [] } } }),
      'x.steps[0].stage.T.key is no key',
    ],
    [
      withStep({ stage: { T: { key: { a: 'S' }, items: [{ a: { N: 5 } }] } } }),
      'x.steps[0].stage.T.items[0].a is no text',
    ],
    [
      withStep({ checks: [{ table: 'T', has: { a: { Z: '' } }, says: 's' }] }),
      'x.steps[0].checks[0].has.a is no attribute value',
    ],
    [withStep({ checks: [{ table: 'T', says: 's' }] }), 'x.steps[0].checks[0].items is no list'],
    [withStep({ checks: [{ prints: 'x' }] }), 'x.steps[0].checks[0].says is no text'],
    [withStep({ rival: { table: 'T' } }), 'x.steps[0].rival.key is no object'],
  ])('%#', (content, fault) => {
    expect(() => readCourse('x', content)).toThrow(
      new Error(`The file of the course has a fault: ${fault}.`),
    )
  })

  test('and one without is taken', () => {
    expect(readCourse('x', whole).steps).toHaveLength(1)
  })
})

describe('a database', () => {
  let database: Database
  let client: DynamoDBClient
  beforeAll(async () => {
    database = await createDatabase({ inMemory: true })
    client = new DynamoDBClient(database.clientConfig())
  })
  afterAll(() => database.close())

  const many = Array.from({ length: 60 }, (_, n) => ({ p: { S: 'a' }, s: { N: String(n) } }))
  const stage = {
    Many: { key: { p: 'S', s: 'N' }, items: many },
    One: { key: { id: 'S' }, items: [{ id: { S: '1' }, n: { N: '5' }, set: { SS: ['x'] } }] },
  } satisfies Step['stage']
  const foundBy = async (expectation: Expectation, printed: string[] = []) => {
    const check: Check = { expectation, says: 'so' }
    const [verdict] = await verify(client, [check], printed)
    expect(verdict?.isPassed).toBe(verdict?.found === undefined)
    return verdict?.found
  }

  test('has what is staged and nothing else', async () => {
    await setStage(client, { Before: { key: { id: 'B' }, items: [] } })
    await setStage(client, stage)
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual(['Many', 'One'])
    expect(await foundBy({ kind: 'items', table: 'Many', items: many })).toBeUndefined()
    await client.send(new PutItemCommand({ TableName: 'One', Item: { id: { S: '2' } } }))
    const protection = { TableName: 'Many', DeletionProtectionEnabled: true }
    await client.send(new UpdateTableCommand(protection))
    await setStage(client, stage)
    const { items } = stage.One
    expect(await foundBy({ kind: 'items', table: 'One', items: [...items] })).toBeUndefined()
  })

  test.each<[Expectation, string | undefined]>([
    [{ kind: 'table', table: 'Many', key: { p: 'S', s: 'N' } }, undefined],
    [
      { kind: 'table', table: 'Many', key: { s: 'N', p: 'S' } },
      'Many has the key {"p":"S","s":"N"}.',
    ],
    [{ kind: 'table', table: 'Not', key: { id: 'S' } }, 'There is no table Not.'],
    [{ kind: 'absent', table: 'Not' }, undefined],
    [{ kind: 'absent', table: 'One' }, 'One is there.'],
    [{ kind: 'has', table: 'One', attributes: { id: { S: '1' }, n: { N: '5' } } }, undefined],
    [
      { kind: 'has', table: 'One', attributes: { id: { S: '1' }, n: { N: '6' }, m: { S: '' } } },
      'One {"id":{"S":"1"}}: n is {"N":"5"}, not {"N":"6"}; m is absent, not {"S":""}.',
    ],
    [
      { kind: 'has', table: 'One', attributes: { id: { S: '2' } } },
      'One has no item {"id":{"S":"2"}}.',
    ],
    [{ kind: 'has', table: 'One', attributes: { ID: { S: '1' } } }, 'One has no item {}.'],
    [
      { kind: 'items', table: 'One', items: [] },
      'One has {"id":{"S":"1"},"n":{"N":"5"},"set":{"SS":["x"]}}.',
    ],
    [
      { kind: 'items', table: 'One', items: [{ id: { S: '1' }, n: { N: '5' } }] },
      'One {"id":{"S":"1"}} has the attribute set.',
    ],
    [
      { kind: 'items', table: 'Many', items: [...many, { p: { S: 'a' }, s: { N: '60' } }] },
      'Many has no item {"p":{"S":"a"},"s":{"N":"60"}}.',
    ],
  ])('%j: %s', async (expectation, found) => expect(await foundBy(expectation)).toBe(found))

  test('and what a program has printed', async () => {
    const wanted = { kind: 'prints', line: 'done' } as const
    expect(await foundBy(wanted, ['begun', ' done\r'])).toBeUndefined()
    expect(await foundBy(wanted, ['done?'])).toBe('The last line printed is: done?')
    expect(await foundBy(wanted)).toBe('Nothing was printed.')
  })
})
