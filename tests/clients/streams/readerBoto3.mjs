import { runPython } from '../clientProgram.mjs'

async function play(endpoint, phase, request) {
  const played = await runPython(endpoint, 'streams/reader.py', phase, JSON.stringify(request))
  return played.result
}

/** Reads streams with boto3. */
export const readerBoto3 = {
  name: 'boto3',
  plainError: 'ClientError',
  hasTimestamps: true,
  describe: (endpoint, TableName) => play(endpoint, 'describe', { TableName }),
  read: (endpoint, StreamArn) => play(endpoint, 'read', { StreamArn }),
  iterator: (endpoint, request) => play(endpoint, 'iterator', request),
  next: (endpoint, ShardIterator) => play(endpoint, 'next', { ShardIterator }),
  refusals: (endpoint, request) => play(endpoint, 'refusals', request),
}
