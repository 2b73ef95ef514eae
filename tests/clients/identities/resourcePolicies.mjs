import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAs, runPythonAs } from '../clientProgram.mjs'

const root = { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' }
const guest = { accessKeyId: 'GUEST', secretAccessKey: 'secret-of-the-guest' }
const account = '123456789012'
const table = 'Orders'
const tableArn = `arn:aws:dynamodb:us-east-1:${account}:table/${table}`
const guestArn = `arn:aws:iam::${account}:user/guest`

const file = JSON.stringify({ users: { guest: { accessKeys: [guest] } } })

/** What the guest is allowed, with what nobody may do. */
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: guestArn },
      Action: ['dynamodb:GetItem', 'dynamodb:DescribeTable', 'dynamodb:GetResourcePolicy'],
      Resource: tableArn,
    },
    { Effect: 'Deny', Principal: '*', Action: 'dynamodb:DeleteTable', Resource: tableArn },
  ],
}

const refusal = (arn, action, reason) =>
  `User: ${arn} is not authorized to perform: dynamodb:${action} on resource: ${tableArn} ${reason}`
const nothingAllows = (action) =>
  refusal(guestArn, action, `because no identity-based policy allows the dynamodb:${action} action`)

const create =
  `create-table --table-name ${table} --billing-mode PAY_PER_REQUEST ` +
  '--attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH'

/** The policy of a table lets in a user who may do nothing by himself, through a kill. */
export async function resourcePolicies({ test, crash, endpoint }) {
  const directory = await mkdtemp(join(tmpdir(), 'dynatom-identities-'))
  const fileName = join(directory, 'identities.json')
  await writeFile(fileName, file)
  process.env.DYNATOM_ACCESS_KEY_ID = root.accessKeyId
  process.env.DYNATOM_SECRET_ACCESS_KEY = root.secretAccessKey
  const flags = ['--auth', 'required', '--identities', fileName]
  await crash(flags)
  const run = (credentials, ...args) =>
    runAs(credentials, endpoint(), 'aws', ['dynamodb', ...args, '--output', 'json'])
  const done = async (...args) => {
    const { exitCode, stdout, stderr } = await run(root, ...args)
    assert.equal(exitCode, 0, stderr)
    return stdout === '' ? {} : JSON.parse(stdout)
  }
  const read = async () =>
    (await runPythonAs(guest, endpoint(), 'identities/policyReader.py', table)).result
  await done(...create.split(' '))
  await done('put-item', '--table-name', table, '--item', '{"id":{"S":"first"}}')
  let revision

  await test('AWS CLI: the root puts a policy, and is given it back', async () => {
    const ofTable = ['--resource-arn', tableArn]
    const { exitCode, stderr } = await run(root, 'get-resource-policy', ...ofTable)
    assert.notEqual(exitCode, 0)
    assert.ok(stderr.includes(`(PolicyNotFoundException)`), stderr)
    const expected = ['--expected-revision-id', 'NO_POLICY']
    const document = ['--policy', JSON.stringify(policy, undefined, 2)]
    const put = await done('put-resource-policy', ...ofTable, ...document, ...expected)
    revision = put.RevisionId
    const given = await done('get-resource-policy', ...ofTable)
    assert.deepEqual(given, { Policy: JSON.stringify(policy), RevisionId: revision })
  })
  const seen = () => ({
    got: { Item: { id: { S: 'first' } } },
    put: { error: 'AccessDeniedException', message: nothingAllows('PutItem') },
    policy: { Policy: JSON.stringify(policy), RevisionId: revision },
  })
  await test('boto3: the user does what it allows him, and nothing else', async () => {
    assert.deepEqual(await read(), seen())
  })
  await test('boto3: and does so after a kill', async () => {
    await crash(flags)
    assert.deepEqual(await read(), seen())
  })
  await test('AWS CLI: what it denies is denied to the root, too', async () => {
    const { exitCode, stderr } = await run(root, 'delete-table', '--table-name', table)
    assert.notEqual(exitCode, 0)
    const byDeny = 'with an explicit deny in a resource-based policy'
    const rootArn = `arn:aws:iam::${account}:root`
    assert.ok(stderr.includes(refusal(rootArn, 'DeleteTable', byDeny)), stderr)
  })
  await test('AWS CLI: without it all is as before', async () => {
    const deleted = await done('delete-resource-policy', '--resource-arn', tableArn)
    assert.deepEqual(deleted, { RevisionId: revision })
    const { exitCode, stderr } = await run(guest, 'get-item', '--table-name', table, '--key', '{}')
    assert.notEqual(exitCode, 0)
    assert.ok(stderr.includes(nothingAllows('GetItem')), stderr)
    await done('delete-table', '--table-name', table)
  })
  await rm(directory, { recursive: true, force: true })
}
