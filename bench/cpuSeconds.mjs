import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** The time that the process has used, in seconds. Linux only. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
