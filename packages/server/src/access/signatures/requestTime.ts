const isoPattern = /^\d{8}T\d{6}Z$/
/** As the Date header of HTTP has it (RFC 9110, IMF-fixdate). */
const httpPattern = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/** The time that `20130301T000000Z` tells, in milliseconds since the epoch; undefined for none. */
export function timeOfIso(text: string): number | undefined {
  if (!isoPattern.test(text)) return undefined
  const year = 100 * digitsAt(text, 0) + digitsAt(text, 2)
  const month = digitsAt(text, 4)
  const day = digitsAt(text, 6)
  const [hour, minute, second] = [digitsAt(text, 9), digitsAt(text, 11), digitsAt(text, 13)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // What is no day is carried over into another month.
  const date = new Date(ms)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined
}

/** The number that two digits make. */
const digitsAt = (text: string, at: number): number =>
  10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * 0x30

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
