import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import AWS from 'aws-sdk'
import { javaArguments, pythonCommand, runAs } from '../clientProgram.mjs'

/*
 * Clients that put and get an item of the table Signed by a given key. Each gives what it read,
 * `{id, message: ''}`, or what it was told, `{error, message}`.
 */

const TableName = 'Signed'
const here = fileURLToPath(new URL('..', import.meta.url))

const resultOf = async (work) => {
  try {
    return { id: (await work()).Item.id.S, message: '' }
  } catch (error) {
    return { error: error.name, message: error.message }
  }
}

const sdkV3 = {
  name: 'the SDK for JavaScript v3',
  play(endpoint, credentials, text) {
    const options = { endpoint, region: 'us-east-1', credentials: { ...credentials } }
    const client = new DynamoDBClient({ ...options, maxAttempts: 1 })
    const Key = { id: { S: text } }
    return resultOf(async () => {
      await client.send(new PutItemCommand({ TableName, Item: Key }))
      return client.send(new GetItemCommand({ TableName, Key }))
    }).finally(() => client.destroy())
  },
}

const sdkV2 = {
  name: 'the SDK for JavaScript v2',
  play(endpoint, credentials, text) {
    const options = { endpoint, region: 'us-east-1', maxRetries: 0 }
    const client = new AWS.DynamoDB({ ...options, credentials: new AWS.Credentials(credentials) })
    const Key = { id: { S: text } }
    return resultOf(async () => {
      await client.putItem({ TableName, Item: Key }).promise()
      return client.getItem({ TableName, Key }).promise()
    })
  },
}

/** A client in a program of its own, whose last line is its result. */
const program = (name, commandOf) => ({
  name,
  async play(endpoint, credentials, text) {
    const [command, ...args] = await commandOf(text)
    const { exitCode, stdout, stderr } = await runAs(credentials, endpoint, command, args)
    if (exitCode !== 0) throw new Error(`exit status ${exitCode}: ${stderr}`)
    return JSON.parse(stdout.trimEnd().split('\n').pop())
  },
})

const boto3 = program('boto3', (text) => pythonCommand('signatures/client.py', 'item', text).flat())

const javaV2 = program('the SDK for Java v2', async (text) => [
  'java',
  ...(await javaArguments('javaV2', 'dynatom.clients.SignedRequests')),
  'item',
  text,
])

const builtWithGo = join(here, 'go', 'target', 'signed')
const goV2 = program('the SDK for Go v2', (text) => [builtWithGo, text])

const builtWithRust = join(here, 'rust', 'target', 'release', 'signed')
const signsWithRust = program("the SDK for Rust's signer", (text) => [builtWithRust, text])
/** It prints the answer as it came. */
const rust = {
  ...signsWithRust,
  async play(...call) {
    const { Item, __type: type, message } = await signsWithRust.play(...call)
    if (Item !== undefined) return { id: Item.id.S, message: '' }
    return { error: type.slice(type.indexOf('#') + 1), message }
  },
}

const refusal = /An error occurred \((\w+)\) when calling the \w+ operation: (.*)/

const awsCli = {
  name: 'the AWS CLI',
  async play(endpoint, credentials, text) {
    const call = (operation, option) => {
      const args = ['dynamodb', operation, '--table-name', TableName, '--output', 'json']
      const item = [option, JSON.stringify({ id: { S: text } })]
      return runAs(credentials, endpoint, 'aws', [...args, ...item])
    }
    const put = await call('put-item', '--item')
    const { exitCode, stdout, stderr } = put.exitCode === 0 ? await call('get-item', '--key') : put
    if (exitCode === 0) return { id: JSON.parse(stdout).Item.id.S, message: '' }
    const [, error, message] = refusal.exec(stderr) ?? [undefined, 'no refusal', stderr]
    return { error, message }
  },
}

/** Go and Rust are used where they are there; nobody installs them. */
export const signingClients = [
  sdkV2,
  sdkV3,
  boto3,
  awsCli,
  javaV2,
  ...(existsSync(builtWithGo) ? [goV2] : []),
  ...(existsSync(builtWithRust) ? [rust] : []),
]
