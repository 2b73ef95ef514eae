const deepest = 8

/** What a program prints of a value: a text as it is, everything else much like JSON. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : shown(value, [])
}

function shown(value: unknown, within: readonly object[]): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[function ${value.name}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (within.includes(value) || within.length >= deepest) return '…'
  const inner = [...within, value]
  if (value instanceof Uint8Array) return `bytes ${value.length}`
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Set) return `Set ${shown([...value], within)}`
  if (value instanceof Map) return `Map ${shown(Object.fromEntries(value), within)}`
  if (Array.isArray(value))
    return enclosed(
      '[',
      value.map((each) => shown(each, inner)),
      ']',
    )
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${nameShown(name)}: ${shown(member, inner)}`)
  return enclosed('{', members, '}')
}

const nameShown = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)

const widest = 72

/** In one line if that is short, otherwise each in lines of its own. */
function enclosed(open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return open + close
  const blank = open === '{' ? ' ' : ''
  const line = `${open}${blank}${parts.join(', ')}${blank}${close}`
  if (line.length <= widest && !line.includes('\n')) return line
  const lines = parts.map((part) => `  ${part.replaceAll('\n', '\n  ')},`)
  return [open, ...lines, close].join('\n')
}
