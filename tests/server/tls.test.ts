import { writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testCertificate } from '../../packages/server/src/testing/testCertificate.ts'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'

interface Secured {
  readonly directory: string
  readonly cert: string
}

/** A directory with `cert.pem` and `key.pem`. */
function secured(): Secured {
  const directory = temporaryDirectory()
  const { cert, key } = testCertificate()
  writeFileSync(join(directory, 'cert.pem'), cert)
  writeFileSync(join(directory, 'key.pem'), key)
  return { directory, cert }
}

const flags = ['--port', '0', '--in-memory', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem']

function clientOf(endpoint: string, ca: string): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  })
  onTestFinished(() => client.destroy())
  return client
}

test('the SDK speaks to it by a certificate that it was given, and by no other', async () => {
  const { directory, cert } = secured()
  const server = new DynatomProcess(flags, directory)
  const endpoint = await server.endpoint()
  expect(endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(server.stdout).toContain(`--endpoint-url ${endpoint} `)
  const listed = await clientOf(endpoint, cert).send(new ListTablesCommand({}))
  expect(listed.TableNames).toEqual([])
  const stranger = clientOf(endpoint, testCertificate().cert)
  await expect(stranger.send(new ListTablesCommand({}))).rejects.toThrow(/certificate|issuer/)
})

test('a certificate that is replaced while it serves is taken, and a broken one is told', async () => {
  const { directory, cert } = secured()
  const server = new DynatomProcess(flags, directory)
  const endpoint = await server.endpoint()
  writeFileSync(join(directory, 'cert.pem'), 'broken')
  await server.seen(/ certificate refused: cert\.pem has no certificate in PEM\.\n/)
  await clientOf(endpoint, cert).send(new ListTablesCommand({}))
  const renewed = testCertificate()
  writeFileSync(join(directory, 'key.pem'), renewed.key)
  writeFileSync(join(directory, 'cert.pem'), renewed.cert)
  await server.seen(/ certificate loaded: from cert\.pem\n/)
  await clientOf(endpoint, renewed.cert).send(new ListTablesCommand({}))
  expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
})

describe('a mistake', () => {
  test.each([
    [['--tls-cert', 'cert.pem'], 2, '--tls-cert needs --tls-key. See dynatom --help.\n'],
    [
      ['--tls-cert', 'absent.pem', '--tls-key', 'key.pem'],
      1,
      'There is no certificate file absent.pem. See --tls-cert and --tls-key.\n',
    ],
    [
      ['--tls-cert', 'cert.pem', '--tls-key', 'other.pem'],
      1,
      'The key in other.pem does not belong to the certificate in cert.pem. ' +
        'See --tls-cert and --tls-key.\n',
    ],
  ])('%j is told in one sentence', async (args, code, stderr) => {
    const { directory } = secured()
    writeFileSync(join(directory, 'other.pem'), testCertificate().key)
    const ended = await new DynatomProcess(['--port=0', '--in-memory', ...args], directory).ended
    expect(ended).toEqual({ code, signal: null, stdout: '', stderr })
  })
})

test('a server that listens beyond loopback warns of what it is open to', async () => {
  const open = new DynatomProcess(['--port', '0', '--in-memory', '--host', '0.0.0.0'])
  await open.endpoint()
  const { stderr } = await open.stop()
  expect(stderr).toBe(
    'Warning: whoever reaches 0.0.0.0 may read and change everything; ' +
      '--auth required lets in verified signatures alone.\n',
  )
})
