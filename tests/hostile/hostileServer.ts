import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Launch } from '../means/commandProcess.mjs'
import { DynatomProcess } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

const collectedLine = /^collected: (\d+) bytes in use$/

const collections = 80
const pauseMs = 250

export interface Memory {
  readonly resident: number
  readonly heap: number
}

/** A built server in memory, with the table of {@link itemsTable}, that is about to be treated badly. */
export class HostileServer {
  readonly process: DynatomProcess
  readonly endpoint: string

  private constructor(process: DynatomProcess, endpoint: string) {
    this.process = process
    this.endpoint = endpoint
  }

  /** REQUIRES: called in a test, which ends the server when it is over. */
  static start(...flags: string[]): Promise<HostileServer> {
    return HostileServer.launch({}, ...flags)
  }

  /** One that collects its garbage when it is asked to, see {@link collectedBytes}. */
  static startCollectable(...flags: string[]): Promise<HostileServer> {
    const preload = new URL('collectOnSignal.mjs', import.meta.url).href
    return HostileServer.launch({ wrapper: ['env', `NODE_OPTIONS=--import=${preload}`] }, ...flags)
  }

  private static async launch(launch: Launch, ...flags: string[]): Promise<HostileServer> {
    const args = ['--port', '0', '--in-memory', '--log', 'silent', ...flags]
    const server = new DynatomProcess(args, undefined, launch)
    const endpoint = await server.endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    return new HostileServer(server, endpoint)
  }

  /** Fails unless the server works and has reported no fault of its own. */
  async expectUnharmed(): Promise<void> {
    const item = { id: { S: 'alive' } }
    await perform(this.endpoint, 'PutItem', { TableName: 'Items', Item: item })
    const read = { TableName: 'Items', Key: item }
    expect(await perform(this.endpoint, 'GetItem', read)).toEqual({ Item: item })
    expect(this.process.stderr).toBe('')
    // With a silent log there are the two ready lines; faults are printed nevertheless.
    const lines = this.process.stdout.split('\n').filter((line) => !collectedLine.test(line))
    expect(lines.slice(2)).toEqual([''])
  }

  /**
   * Resident memory and heap in use, in bytes, once the garbage has been collected: the least of many times,
   * for V8 gives pages back to the system a second or two later. As many times whatever is found, so that
   * two figures can be compared.
   */
  async collectedBytes(): Promise<Memory> {
    let least: Memory = { resident: Infinity, heap: Infinity }
    for (let i = 0; i < collections; i++) {
      const heap = await this.#collect()
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      least = {
        resident: Math.min(least.resident, this.residentBytes()),
        heap: Math.min(least.heap, heap),
      }
    }
    return least
  }

  async #collect(): Promise<number> {
    const { process } = this
    process.stdout = process.stdout.replaceAll(new RegExp(`${collectedLine.source}\\n`, 'gm'), '')
    process.child.kill('SIGUSR2')
    const [, heap] = await process.seen(new RegExp(collectedLine, 'm'))
    return Number(heap)
  }

  /** Resident memory in bytes; Linux only, as the suites are. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.process.child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }
}
