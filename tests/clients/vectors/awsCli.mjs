import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../clientProgram.mjs'
import { numbers, pictureItem, pictures, table, toldResult } from './pictures.mjs'

const refusal = /^\s*An error occurred \((\w+)\) when calling the \w+ operation: (.*)\n$/
/**
 * Version 1 of the AWS CLI has a model of its own that is older than vector search; it takes that of
 * the botocore which is installed beside it.
 */
const pythons = fileURLToPath(new URL('../.venv/lib/', import.meta.url))
const model = `AWS_DATA_PATH=${join(pythons, (await readdir(pythons))[0], 'site-packages/botocore/data')}`

/** The AWS CLI; each request is a command. */
export async function awsCli(endpoint, TableName) {
  const run = async (command, request) => {
    const input = JSON.stringify({ TableName, ...request })
    const args = ['dynamodb', command, '--cli-input-json', input, '--output', 'json']
    const { exitCode, stdout, stderr } = await runProgram(endpoint, 'env', [model, 'aws', ...args])
    if (exitCode === 0) return { answer: stdout === '' ? {} : JSON.parse(stdout) }
    const [, name, message] = refusal.exec(stderr) ?? assert.fail(stderr)
    return { name, message }
  }
  const must = async (command, request) => {
    const { answer, message } = await run(command, request)
    return answer ?? assert.fail(message)
  }
  const indexes = async () => (await must('describe-table', {})).Table.VectorIndexes ?? []
  await must('create-table', table)
  const [index] = await indexes()
  for (const picture of pictures) await must('put-item', { Item: pictureItem(picture) })
  const refused = await run('put-item', { Item: pictureItem(['short', 'sea', 2025, [1, 2]]) })
  const search = {
    IndexName: 'byLooks',
    SearchVector: numbers([1, 0, 0]),
    TopK: 10,
    ReturnConsumedCapacity: 'TOTAL',
  }
  const album = await must('search-vectors', {
    ...search,
    SearchConditionExpression: 'album = :album',
    ExpressionAttributeValues: { ':album': { S: 'sea' } },
  })
  const year = await must('search-vectors', {
    ...search,
    SearchConditionExpression: 'album = :album AND #year = :year',
    ExpressionAttributeNames: { '#year': 'year' },
    ExpressionAttributeValues: { ':album': { S: 'sea' }, ':year': { N: '2025' } },
  })
  const unscoped = await run('search-vectors', search)
  await must('update-table', { VectorIndexUpdates: [{ Delete: { IndexName: 'byLooks' } }] })
  let left = await indexes()
  for (let i = 0; i < 20 && left.length > 0; i++) {
    await pause(50)
    left = await indexes()
  }
  await must('delete-table', {})
  return toldResult({ index, refused, album, year, unscoped, left })
}
