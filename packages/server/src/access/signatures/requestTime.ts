const isoPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
/** As the Date header of HTTP has it (RFC 9110, IMF-fixdate). */
const httpPattern = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/** The time that `20130301T000000Z` tells, in milliseconds since the epoch; undefined for none. */
export function timeOfIso(text: string): number | undefined {
  const parts = isoPattern.exec(text)
  if (parts === null) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as Time
  const isClock = hour < 24 && minute < 60 && second < 60
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // What is no day is carried over into another month.
  const date = new Date(ms)
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isClock && isDay ? ms : undefined
}

type Time = [number, number, number, number, number, number]

/** The time of a Date header; undefined for none. */
export function timeOfHttp(text: string): number | undefined {
  if (!httpPattern.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) || new Date(ms).toUTCString() !== text ? undefined : ms
}

/** `20130301T000000Z` for a time in milliseconds since the epoch. */
export function isoOfTime(ms: number): string {
  return `${new Date(ms).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`
}
