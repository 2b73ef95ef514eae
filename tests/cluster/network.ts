import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Nodes are at 10.77.0.1 and so on; whoever tests them is at 10.77.0.100. */
const addressOf = (node: number): string => `10.77.0.${node}`
export const testerAddress: string = addressOf(100)
const namespaceOf = (pid: number | 'self'): string => readlinkSync(`/proc/${pid}/ns/net`)

/** Whether this process has a network of its own, where nobody is disturbed: see `scripts/suite.mjs`. */
export const isPrivateNetwork = (): boolean => {
  const outer = process.env['DYNATOM_OUTER_NETWORK']
  return outer !== undefined && outer !== namespaceOf('self')
}

function ip(wrapper: readonly string[], lines: readonly string[]): void {
  const [program, ...args] = [...wrapper, 'ip', '-batch', '-']
  execFileSync(program, args, { input: lines.join('\n'), stdio: ['pipe', 'ignore', 'inherit'] })
}

/** What a network of before has left: another file of the suite may have had one. */
function removeLinks(): void {
  const shown = execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })
  const names = [...shown.matchAll(/^\d+: ((?:node|port|bridge)\d+)[@:]/gm)].map(([, name]) => name)
  // The end of a pair takes the other one with it.
  for (const name of names) spawnSync('ip', ['link', 'delete', name as string])
  spawnSync('ip', ['addr', 'flush', 'dev', 'lo', 'to', testerAddress])
}

/**
 * Machines with a network between them: a network namespace each, a link from each to the tester, and
 * one between each two, with a bridge in the middle where it can be cut: what is sent is gone then, and
 * nobody is told. All are gone with this process. REQUIRES: a private network.
 */
export class Network {
  readonly #machines: readonly ChildProcess[]

  private constructor(machines: readonly ChildProcess[]) {
    this.#machines = machines
  }

  static async open(count: number): Promise<Network> {
    const machines = Array.from({ length: count }, () =>
      // It ends when nobody can write to it any more.
      spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] }),
    )
    for (const { pid } of machines) {
      while (namespaceOf(pid as number) === namespaceOf('self')) await pause(10)
    }
    removeLinks()
    const network = new Network(machines)
    network.#link()
    return network
  }

  get #nodes(): number[] {
    return this.#machines.map((_, i) => i + 1)
  }

  get #pairs(): (readonly [number, number])[] {
    return this.#nodes.flatMap((a) => this.#nodes.filter((b) => b > a).map((b) => [a, b] as const))
  }

  #pid(node: number): number {
    return this.#machines[node - 1]?.pid as number
  }

  /** Where the node is reached, and what leads a process to its machine. Nodes count from 1. */
  place(node: number): { readonly host: string; readonly wrapper: readonly string[] } {
    const wrapper = ['nsenter', `--net=/proc/${this.#pid(node)}/ns/net`, '--']
    return { host: addressOf(node), wrapper }
  }

  #link(): void {
    const nodes = this.#nodes
    ip(
      [],
      [
        'link set lo up',
        `addr add ${testerAddress}/32 dev lo`,
        ...nodes.flatMap((node) => [
          `link add node${node} type veth peer name tester netns ${this.#pid(node)}`,
          `link set node${node} up`,
          `route add ${addressOf(node)}/32 dev node${node} src ${testerAddress}`,
        ]),
        ...this.#pairs.flatMap(([a, b]) => [
          `link add bridge${a}${b} type bridge`,
          `link set bridge${a}${b} up`,
          ...[
            [a, b],
            [b, a],
          ].flatMap(([from, to]) => [
            `link add port${from}${to} type veth peer name to${to} netns ${this.#pid(from as number)}`,
            `link set port${from}${to} master bridge${a}${b}`,
            `link set port${from}${to} up`,
          ]),
        ]),
      ],
    )
    for (const node of nodes) {
      const routes = [['tester', testerAddress] as const].concat(
        nodes
          .filter((other) => other !== node)
          .map((other) => [`to${other}`, addressOf(other)] as never),
      )
      ip(this.place(node).wrapper, [
        'link set lo up',
        `addr add ${addressOf(node)}/32 dev lo`,
        ...routes.flatMap(([device, address]) => [
          `link set ${device} up`,
          `route add ${address}/32 dev ${device} src ${addressOf(node)}`,
        ]),
      ])
    }
  }

  /** Cuts the way between two nodes. */
  cut(a: number, b: number): void {
    this.#set([[a, b]], 'down')
  }

  /** Cuts all ways of a node to others; the tester still reaches it. */
  isolate(node: number): void {
    this.#set(
      this.#pairs.filter((pair) => pair.includes(node)),
      'down',
    )
  }

  /** Mends all ways. */
  heal(): void {
    this.#set(this.#pairs, 'up')
  }

  #set(pairs: readonly (readonly [number, number])[], state: 'up' | 'down'): void {
    ip(
      [],
      pairs.flatMap(([a, b]) => [
        `link set port${a}${b} ${state}`,
        `link set port${b}${a} ${state}`,
      ]),
    )
  }

  close(): void {
    for (const machine of this.#machines) machine.stdin?.end()
  }
}
