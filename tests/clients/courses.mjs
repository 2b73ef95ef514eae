import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { builtModule, CommandProcess } from '../means/commandProcess.mjs'
import { pythonCommand, runProgram, runShell } from './clientProgram.mjs'

const courses = ['bookstore', 'ordersAndPayments', 'gamePurchase']
const [python] = pythonCommand('')
const languages = {
  python: (endpoint, text) => runProgram(endpoint, python, ['-c', text]),
  shell: runShell,
}

const courseOf = async (name) =>
  JSON.parse(await readFile(builtModule(`console/courses/${name}.json`), 'utf8'))

async function setStage(client, stage) {
  const { TableNames } = await client.send(new ListTablesCommand())
  for (const TableName of TableNames) await client.send(new DeleteTableCommand({ TableName }))
  for (const [TableName, { key, items }] of Object.entries(stage)) {
    const [[AttributeName, AttributeType]] = Object.entries(key)
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName, AttributeType }],
        KeySchema: [{ AttributeName, KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    const requests = items.map((Item) => ({ PutRequest: { Item } }))
    const RequestItems = { [TableName]: requests }
    if (items.length > 0) await client.send(new BatchWriteItemCommand({ RequestItems }))
  }
}

/** Throws unless what a step's check wants is there, in the database and in what was printed. */
async function assertCheck(client, { table: TableName, says, ...wanted }, lines) {
  const { prints, absent, key, has, items } = wanted
  if (prints !== undefined) return assert.ok(lines.includes(prints), `${says} ${lines.join('\n')}`)
  const described = client.send(new DescribeTableCommand({ TableName }))
  if (absent) return assert.rejects(described, { name: 'ResourceNotFoundException' })
  const [{ AttributeName: keyName }] = (await described).Table.KeySchema
  if (key !== undefined) return assert.deepEqual([keyName], Object.keys(key), says)
  const { Items } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }))
  const inOrder = (all) => all.sort((a, b) => (a[keyName].S < b[keyName].S ? -1 : 1))
  return assert.deepEqual(inOrder(Items), inOrder(items ?? [has]), says)
}

/**
 * The texts of the courses for one's own terminal, as a page shows them: done one after the other,
 * they are right. A step that begins otherwise than the one before ends has its stage set.
 */
export async function coursesInTerminals({ test }) {
  const server = new CommandProcess(['--port', '0', '--in-memory', '--lab', '--log', 'silent'])
  try {
    const endpoint = await server.endpoint()
    for (const name of courses) {
      const course = await courseOf(name)
      const values = { endpoint, key: `dynatom-course-${name}`, region: 'us-east-1' }
      const filledIn = (text) =>
        text.replaceAll(/\{(endpoint|key|region)\}/g, (_, value) => values[value])
      const credentials = { accessKeyId: values.key, secretAccessKey: 'x' }
      const client = new DynamoDBClient({ endpoint, region: values.region, credentials })
      for (const [language, run] of Object.entries(languages)) {
        await setStage(client, {})
        for (const step of course.steps) {
          await test(`${name}, ${language}: ${step.title}`, async () => {
            if (step.rival !== undefined) await setStage(client, step.stage)
            const text = filledIn(`${course[language].trim()}\n\n${step[language].trim()}\n`)
            const { exitCode, stdout, stderr } = await run(endpoint, text)
            assert.equal(exitCode, 0, stderr)
            const lines = stdout.split('\n').map((line) => line.trim())
            for (const check of step.checks) await assertCheck(client, check, lines)
          })
        }
      }
      client.destroy()
    }
  } finally {
    await server.kill('SIGKILL')
  }
}
