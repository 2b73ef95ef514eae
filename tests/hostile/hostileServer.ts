import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { DynatomProcess, itemsTable, perform } from '../server/dynatomProcess.ts'

/** A built server in memory, with the table of {@link itemsTable}, that is about to be treated badly. */
export class HostileServer {
  readonly process: DynatomProcess
  readonly endpoint: string

  private constructor(process: DynatomProcess, endpoint: string) {
    this.process = process
    this.endpoint = endpoint
  }

  /** REQUIRES: called in a test, which ends the server when it is over. */
  static async start(...flags: string[]): Promise<HostileServer> {
    const server = new DynatomProcess(['--port', '0', '--in-memory', '--log', 'silent', ...flags])
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
    expect(this.process.stdout.split('\n').slice(2)).toEqual([''])
  }

  /** Resident memory in bytes; Linux only, as the suites are. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.process.child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }
}
