/**
 * Starts a measure of the work of this process: what it answers is how many milliseconds of a
 * processor were used since. What others do on a busy machine is not in it.
 */
export function measureProcessor(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}
