import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { runShell } from './clientProgram.mjs'

/** A certificate for this machine's loopback that is its own authority, made by OpenSSL. */
function makeCertificate(directory) {
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
  const subject = ['-subj', '/CN=localhost', '-addext', names, '-days', '2']
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') }
  const out = ['-keyout', files.keyFile, '-out', files.certFile]
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...out, ...subject]
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  return files
}

/** Clients that are told whom to trust speak to a server on TLS, and without that they do not. */
export async function tls({ test, crash, endpoint }) {
  const directory = await mkdtemp(join(tmpdir(), 'dynatom-clients-tls-'))
  const { certFile, keyFile } = makeCertificate(directory)
  await crash(['--tls-cert', certFile, '--tls-key', keyFile])
  const list = 'aws dynamodb list-tables --output json'
  await test('the AWS CLI trusts --ca-bundle', async () => {
    const { exitCode, stdout } = await runShell(endpoint(), `${list} --ca-bundle '${certFile}'`)
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(stdout), { TableNames: [] })
  })
  await test('the AWS CLI refuses a certificate that it does not know', async () => {
    const { exitCode, stderr } = await runShell(endpoint(), list)
    assert.notEqual(exitCode, 0)
    assert.match(stderr, /SSL validation failed/)
  })
  await test('boto3 trusts AWS_CA_BUNDLE', async () => {
    const program = "import boto3; print(boto3.client('dynamodb').list_tables()['TableNames'])"
    const command = `AWS_CA_BUNDLE='${certFile}' python -c "${program}"`
    const { exitCode, stdout } = await runShell(endpoint(), command)
    assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: '[]\n' })
  })
  await test('the SDK for JavaScript v3 trusts the authority of its agent', async () => {
    const httpsAgent = new Agent({ ca: await readFile(certFile) })
    const credentials = { accessKeyId: 'clients', secretAccessKey: 'clients' }
    const place = { endpoint: endpoint(), region: 'us-east-1', credentials }
    const client = new DynamoDBClient({ ...place, requestHandler: { httpsAgent } })
    assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, [])
    client.destroy()
  })
  await rm(directory, { recursive: true, force: true })
}
