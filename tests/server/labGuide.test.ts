import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createDatabase } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'

/* The examples of docs/lab.md, as they stand. Those in other languages are run by the suite of clients. */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'lab.md'), 'utf8')
const pages = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(root, 'docs', name), 'utf8'))
  .join('\n')

/** The blocks of a language, in the order of the page. */
const blocksOf = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  )

describe('the page', () => {
  test('in process', async () => {
    const [code = ''] = blocksOf('js')
    const file = join(root, 'tests', 'server', `labGuide${process.pid}.mjs`)
    writeFileSync(file, code)
    onTestFinished(() => rmSync(file))
    const { stdout } = await run(process.execPath, [file])
    expect(stdout).toBe('')
  })

  test('with curl', async () => {
    const database = await createDatabase({
      inMemory: true,
      lab: true,
      tables: [
        {
          TableName: 'Orders',
          AttributeDefinitions: [{ AttributeName: 'OrderID', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'OrderID', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        } as { TableName: string },
      ],
    })
    onTestFinished(() => database.close())
    const { endpoint } = await database.listen({ port: 0, host: '127.0.0.1' })
    const answers: unknown[] = []
    for (const block of blocksOf('sh')) {
      // The AWS CLI is not on every machine; the suite of clients has it.
      const script = block.split(/^aws /m)[0]?.replaceAll('http://127.0.0.1:8000', endpoint) ?? ''
      const { stdout } = await run('bash', ['-c', script])
      answers.push(
        ...stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      )
    }
    const [reset, again, hold, holds, released, stop, stops, gone, dryRun, document] = answers
    expect(reset).toMatchObject({ id: '1', done: 0, rule: { connection: 'reset', when: 'after' } })
    expect(again).toMatchObject({ id: '2', rule: { operations: ['TransactWriteItems'] } })
    expect(holds).toEqual({ holds: [hold] })
    expect(released).toEqual({})
    expect(stops).toEqual(stop)
    expect(gone).toEqual({})
    expect(dryRun).toMatchObject({
      outcome: 'commits',
      positions: [{ condition: { kind: 'or', result: true, parts: [{ decisive: true }, {}] } }],
    })
    expect(document).toMatchObject({ openapi: '3.1.0' })
    expect(answers).toHaveLength(10)
  })

  test('and others list all that there is', async () => {
    const database = await createDatabase({ inMemory: true, lab: true })
    onTestFinished(() => database.close())
    const named = Object.entries(database.lab).flatMap(([group, functions]) =>
      Object.keys(functions as object).map((name) => `\`${group}.${name}(`),
    )
    expect(named.filter((name) => !pages.includes(name))).toEqual([])
  })
})
