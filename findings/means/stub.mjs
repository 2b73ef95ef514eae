import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

/**
 * Plays a service: `answer` is given the number of a request, from 1, and its body, and gives
 * `{ status, headers, body }`. Resolves to the `endpoint`, the requests `seen`, each with the time
 * `at` in milliseconds and its `body`, and `close`.
 */
export async function openStub(answer) {
  const seen = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString())
    seen.push({ at: performance.now(), body })
    const { status = 200, headers = {}, body: answered } = answer(seen.length, body)
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
    response.end(JSON.stringify(answered))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${server.address().port}`, seen, close }
}

/** An error as DynamoDB writes it. */
export const failure = (status, name) => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name },
})

/** Runs a program of Python with the endpoint in its environment. Resolves when it has ended. */
export async function runPython(environment, endpoint, program) {
  const child = spawn(`${environment}/bin/python`, ['-c', program], {
    env: { ...process.env, AWS_ENDPOINT_URL: endpoint },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`Python ended with ${code}`)
}
