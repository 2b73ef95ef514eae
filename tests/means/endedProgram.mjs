import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'

/**
 * Runs a program to its end and gives what it has printed, on both outputs together. Rejects with that, and
 * with what the program is called, unless it ends with 0.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, timeout: number, title: string }} options
 */
export async function endedProgram(program, args, { title, ...options }) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [code, signal] = await once(child, 'close')
  assert.equal(code ?? signal, 0, `${title}\n${output}`)
  return output
}

/**
 * An empty directory, whatever was there.
 * @param {string} path
 */
export async function emptyDirectory(path) {
  await rm(path, { recursive: true, force: true })
  await mkdir(path, { recursive: true })
  return path
}
