const counts = new Intl.NumberFormat('en')

export const countText = (count: number): string => counts.format(count)

const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** A size for people, such as `1.5 KB`; a KB has 1024 bytes, as DynamoDB's have. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}
