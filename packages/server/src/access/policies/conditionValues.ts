import { BlockList, isIP } from 'node:net'

/*
 * The values of conditions that are not text. Each function gives undefined for a text that is no
 * such value.
 */

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/
const secondsPattern = /^\d+(?:\.\d+)?$/
const datePattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?)?)?$/
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/

/** An integer or a decimal. */
export function numberValue(text: string): number | undefined {
  return numberPattern.test(text) ? Number(text) : undefined
}

/**
 * Milliseconds since 1970 of a date in one of the W3C's forms of ISO 8601, in UTC where it names no
 * zone, or of a number of seconds. Four digits are a year.
 */
export function dateValue(text: string): number | undefined {
  const match = datePattern.exec(text)
  if (match === null) return secondsPattern.test(text) ? Number(text) * 1000 : undefined
  const [, year, month = '01', day = '01', time = 'T00:00', zone = 'Z'] = match
  const ms = Date.parse(`${year}-${month}-${day}${time}${zone}`)
  return Number.isNaN(ms) ? undefined : ms
}

export function boolValue(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

/** Base64 in its one form, so that the same bytes are the same text. */
export function binaryValue(text: string): string | undefined {
  if (!base64Pattern.test(text) || text.length % 4 !== 0) return undefined
  return Buffer.from(text, 'base64').toString('base64')
}

/** An address, or a range such as `10.0.0.0/8`, of IPv4 or IPv6. */
export function addressBlock(text: string): BlockList | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  const prefix = slash < 0 ? String(bits) : text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined
  const block = new BlockList()
  block.addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6')
  return block
}

/** Whether `text` is an address in `block`. */
export function isInBlock(text: string, block: BlockList): boolean | undefined {
  const version = isIP(text)
  if (version === 0) return undefined
  return block.check(text, version === 4 ? 'ipv4' : 'ipv6')
}
