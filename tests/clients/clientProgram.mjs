import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Shorter than the time that a test has, so that the test can say which program did not end. */
const programTimeoutMs = 80_000

const here = fileURLToPath(new URL('.', import.meta.url))
const pythonBin = join(here, '.venv', 'bin')

/** A home without files, so that no client finds the settings or the credentials of the user. */
const home = join(here, '.cache', 'home')

/** In place of an endpoint: the client has the Region `local` and no endpoint at all. */
export const noEndpoint = undefined

const placeOf = (endpoint) =>
  endpoint === noEndpoint
    ? { AWS_DEFAULT_REGION: 'local', AWS_REGION: 'local' }
    : {
        AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoint,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_REGION: 'us-east-1',
      }

const madeUp = { accessKeyId: 'clients', secretAccessKey: 'clients' }

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
})

/**
 * The environment of a client: its endpoint, credentials that are made up unless they are given,
 * and nothing from the user.
 */
export function clientEnvironment(endpoint, credentials = madeUp) {
  return {
    ...placeOf(endpoint),
    PATH: [pythonBin, process.env.PATH].join(delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    ...credentialsOf(credentials),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_JAVA_V1_DISABLE_DEPRECATION_ANNOUNCEMENT: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONWARNINGS: 'ignore::DeprecationWarning',
  }
}

/** Runs a program that has the credentials in its environment. */
export async function runAs(credentials, endpoint, command, args) {
  const child = spawn(command, args, {
    env: clientEnvironment(endpoint, credentials),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: programTimeoutMs,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const [code, signal] = await once(child, 'close')
  return { exitCode: code ?? signal, stdout, stderr }
}

/** Runs a program to its end; gives `{exitCode, stdout, stderr}`. */
export const runProgram = (endpoint, command, args) => runAs(madeUp, endpoint, command, args)

/** Runs one shell command line, as a reader would paste it, with the pinned `aws` on the path. */
export function runShell(endpoint, commandLine) {
  return runProgram(endpoint, 'bash', ['-c', commandLine])
}

/**
 * A program that prints what it likes and, as its last line, the JSON of its result. Gives
 * `{printed, result}`; an exit status other than 0 is an error.
 */
export async function runForResult(endpoint, command, args, credentials = madeUp) {
  const { exitCode, stdout, stderr } = await runAs(credentials, endpoint, command, args)
  if (exitCode !== 0) {
    console.error(stderr)
    const why = stderr.split('\n').findLast((line) => /^\S/.test(line)) ?? 'nothing was said'
    assert.fail(`exit status ${exitCode}: ${why}`)
  }
  const lines = stdout.trimEnd().split('\n')
  const result = JSON.parse(lines.pop())
  return { printed: lines, result }
}

/** The command that runs `script` of this folder with the Python of the clients. */
export function pythonCommand(script, ...args) {
  return [join(pythonBin, 'python'), [join(here, script), ...args]]
}

/** Runs `script` of this folder with the Python of the clients. */
export function runPython(endpoint, script, ...args) {
  return runPythonAs(madeUp, endpoint, script, ...args)
}

/** The same with credentials that are not made up. */
export function runPythonAs(credentials, endpoint, script, ...args) {
  return runForResult(endpoint, ...pythonCommand(script, ...args), credentials)
}

/** The arguments of `java` for a class of a folder of Java clients, which `run.sh` has compiled. */
export async function javaArguments(folder, mainClass) {
  const target = join(here, folder, 'target')
  const libraries = (await readFile(join(target, 'classpath.txt'), 'utf8')).trim()
  const classPath = [join(target, 'classes'), libraries].join(delimiter)
  return [`-Duser.home=${home}`, '-cp', classPath, mainClass]
}

/** Runs a class of the client of AWS's SDK for Java v1. */
export async function runJava(endpoint, mainClass, phase) {
  return runForResult(endpoint, 'java', [...(await javaArguments('java', mainClass)), phase])
}
