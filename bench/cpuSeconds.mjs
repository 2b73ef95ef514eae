import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

const statFields = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
const secondsOf = (fields, first) =>
  (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond

/** The time that the process has used, in seconds. Linux only. */
export const cpuSeconds = (pid) => secondsOf(statFields(pid), 11)

/** The time that the process and all that it has begun have used, with what is over, in seconds. */
export function treeSeconds(root) {
  const children = new Map()
  const used = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = statFields(name)
      const [pid, parent] = [Number(name), Number(fields[1])]
      children.set(parent, [...(children.get(parent) ?? []), pid])
      used.set(pid, secondsOf(fields, 11) + secondsOf(fields, 13))
    } catch {
      // It has ended meanwhile.
    }
  }
  const secondsBelow = (pid) =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + secondsBelow(child), used.get(pid) ?? 0)
  return secondsBelow(root)
}

/** The time for which the processors of the machine were busy, in seconds. */
export function busySeconds() {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n')
  const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number)
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond
}
