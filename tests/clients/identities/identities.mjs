import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAs, runPythonAs } from '../clientProgram.mjs'

const root = { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' }
const writer = { accessKeyId: 'WRITER', secretAccessKey: 'secret-of-the-writer' }
const table = 'Orders'
const tableArn = `arn:aws:dynamodb:us-east-1:123456789012:table/${table}`

const file = JSON.stringify({
  users: {
    writer: {
      accessKeys: [writer],
      policies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: tableArn }],
        },
      ],
    },
  },
})

const refusal = (action, resource = tableArn) =>
  'User: arn:aws:iam::123456789012:user/writer is not authorized to perform: ' +
  `dynamodb:${action} on resource: ${resource} because no identity-based policy allows the ` +
  `dynamodb:${action} action`

const createOrders =
  `create-table --table-name ${table} --billing-mode PAY_PER_REQUEST ` +
  '--attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH'
const put = (id) => ({ Put: { TableName: table, Item: { id: { S: id } } } })
const gone = (id) => ({ Delete: { TableName: table, Key: { id: { S: id } } } })

/** A user with only PutItem sends puts in a transaction, and then a delete among them. */
export async function identities({ test, crash, endpoint }) {
  const directory = await mkdtemp(join(tmpdir(), 'dynatom-identities-'))
  const fileName = join(directory, 'identities.json')
  await writeFile(fileName, file)
  process.env.DYNATOM_ACCESS_KEY_ID = root.accessKeyId
  process.env.DYNATOM_SECRET_ACCESS_KEY = root.secretAccessKey
  await crash(['--auth', 'required', '--identities', fileName])
  const aws = (credentials, ...args) =>
    runAs(credentials, endpoint(), 'aws', ['dynamodb', ...args, '--output', 'json'])
  const transact = (...actions) =>
    aws(writer, 'transact-write-items', '--transact-items', JSON.stringify(actions))
  /** The ids of the table, which the root key reads. */
  const stored = async () => {
    const { stdout } = await aws(root, 'scan', '--table-name', table)
    return JSON.parse(stdout)
      .Items.map(({ id }) => id.S)
      .sort()
  }
  const { exitCode, stderr } = await aws(root, ...createOrders.split(' '))
  assert.equal(exitCode, 0, stderr)

  await test('boto3: puts are done, and refused whole with a delete among them', async () => {
    const { result } = await runPythonAs(writer, endpoint(), 'identities/writer.py', table)
    assert.deepEqual(result, {
      puts: {},
      mixed: { error: 'AccessDeniedException', message: refusal('DeleteItem') },
    })
    assert.deepEqual(await stored(), ['first', 'second'])
  })
  await test('AWS CLI: puts are done, and refused whole with a delete among them', async () => {
    assert.equal((await transact(put('cli'))).exitCode, 0)
    const refused = await transact(put('never'), gone('cli'))
    assert.notEqual(refused.exitCode, 0)
    assert.equal(
      refused.stderr.trim(),
      'An error occurred (AccessDeniedException) when calling the TransactWriteItems operation: ' +
        refusal('DeleteItem'),
    )
    assert.deepEqual(await stored(), ['cli', 'first', 'second'])
  })
  await test('AWS CLI: what is about no table is refused on *', async () => {
    const { stderr: told } = await aws(writer, 'list-tables')
    assert.ok(told.includes(refusal('ListTables', '*')), told)
  })
  await rm(directory, { recursive: true, force: true })
}
