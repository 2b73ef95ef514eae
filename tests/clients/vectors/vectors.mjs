import assert from 'node:assert/strict'
import { sdkV3 } from './sdkV3.mjs'
import { awsCli } from './awsCli.mjs'
import { javaArguments, runForResult, runPython } from '../clientProgram.mjs'

const boto3 = (endpoint, table) => runPython(endpoint, 'vectors/vectors.py', table)
const javaSdkV2 = async (endpoint, table) => {
  const args = await javaArguments('javaV2', 'dynatom.clients.Vectors')
  return runForResult(endpoint, 'java', [...args, table])
}

const clients = { sdkV3, boto3, awsCli, javaSdkV2 }

const wrongSize =
  'One or more parameter values were invalid. Invalid size for parameter looks, Expected: 3, ' +
  'Actual: 2 IndexName: byLooks'

/**
 * Each client makes a table of pictures with a vector index, writes pictures and one that the index
 * refuses, searches an album, and of it one year, for what looks like a vector, and deletes the
 * index. What all of them are told is the same.
 */
export async function vectors({ test, endpoint }) {
  for (const [name, play] of Object.entries(clients)) {
    await test(`${name} creates, writes, searches, filters and deletes`, async () => {
      const { result } = await play(endpoint(), `Pictures-${name}`)
      assert.deepEqual(result, {
        index: ['byLooks', 'ACTIVE', 3, 'EUCLIDEAN'],
        refused: ['ValidationException', wrongSize],
        album: [
          ['beach', 0],
          ['harbour', Number(Math.SQRT1_2.toFixed(5))],
          ['storm', 2.23607],
        ],
        year: [
          ['harbour', Number(Math.SQRT1_2.toFixed(5))],
          ['storm', 2.23607],
        ],
        searchBytes: 1024,
        unscoped: 'SearchConditionExpression must be provided when SearchSchema has a HASH key',
        left: 0,
      })
    })
  }
}
