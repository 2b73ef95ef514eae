/** Figures as people read them. What is not known is a dash. */

export const formatCount = (value: number | undefined): string =>
  value === undefined ? '-' : Math.round(value).toLocaleString('en-US')

export const formatTimes = (count: number | undefined): string =>
  count === 1 ? 'once' : `${formatCount(count)} times`

export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '-'
  const mebibytes = bytes / 2 ** 20
  return `${mebibytes < 10 ? mebibytes.toFixed(1) : formatCount(mebibytes)} MiB`
}

export function formatMs(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '-'
  const digits = milliseconds < 10 ? (milliseconds < 1 ? 2 : 1) : 0
  return `${digits === 0 ? formatCount(milliseconds) : milliseconds.toFixed(digits)} ms`
}

/** Such as 45 s, 12 min 30 s, 3 h 5 min. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor((whole % 3600) / 60),
    whole % 60,
  ]
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
  return `${rest} s`
}
