import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { runPython, runPythonAs } from '../clientProgram.mjs'
import { awsVectors } from './awsVectors.mjs'
import { signingClients } from './signingClients.mjs'

const root = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** Credentials that are wrong in one thing, and what the server says of them. */
const wrongCredentials = {
  'another secret': {
    credentials: { ...root, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE' },
    told: {
      error: 'InvalidSignatureException',
      message:
        'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. ' +
        'Consult the service documentation for details.',
    },
  },
  'another key': {
    credentials: { ...root, accessKeyId: 'AKIDOTHER' },
    told: {
      error: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  },
  'a session token that is none': {
    credentials: { ...root, sessionToken: 'FwoGZXIvYXdz/+ab==' },
    told: {
      error: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid',
    },
  },
}

const vectorsOfServer = new URL(
  '../../../packages/server/src/access/signatures/testdata/botocoreVectors.json',
  import.meta.url,
)

async function prepare(endpoint) {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { ...root } })
  await client.send(
    new CreateTableCommand({
      TableName: 'Signed',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  return client
}

/** A server with `--auth required`, and what it says to clients that sign in their own ways. */
export async function signatures(suite) {
  const { test, crash, endpoint } = suite
  process.env.DYNATOM_ACCESS_KEY_ID = root.accessKeyId
  process.env.DYNATOM_SECRET_ACCESS_KEY = root.secretAccessKey
  await crash(['--auth', 'required'])
  const own = await prepare(endpoint())

  for (const client of signingClients) {
    await test(`${client.name}: the root key is let in`, async () => {
      const text = `ä 😀 ${client.name}`
      assert.deepEqual(await client.play(endpoint(), root, text), { id: text, message: '' })
    })
    for (const [name, { credentials, told }] of Object.entries(wrongCredentials)) {
      await test(`${client.name}: ${name} is not`, async () => {
        assert.deepEqual(await client.play(endpoint(), credentials, 'x'), told)
      })
    }
  }

  await test('botocore presigns: the body is signed with the address', async () => {
    const { told } = wrongCredentials['another secret']
    const { result } = await runPythonAs(
      root,
      endpoint(),
      'signatures/client.py',
      'presigned',
      '60',
    )
    assert.deepEqual(result, [
      { status: 200, answer: {} },
      {
        status: 400,
        answer: { __type: `com.amazon.coral.service#${told.error}`, message: told.message },
      },
    ])
  })
  await test('botocore still signs as it did for the vectors of the server', async () => {
    const { result } = await runPython(endpoint(), 'signatures/vectors.py')
    assert.deepEqual(result, JSON.parse(await readFile(vectorsOfServer, 'utf8')))
  })
  await awsVectors(suite)
  await test('the root key is still let in', async () => {
    assert.deepEqual((await own.send(new ListTablesCommand({}))).TableNames, ['Signed'])
  })
  own.destroy()
}
