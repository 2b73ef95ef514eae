import { readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

/** What may happen to a file that nobody writes to. */
export type DamageKind =
  | 'a flipped bit'
  | 'a cut'
  | 'zeros'
  | 'a stale page'
  | 'no content'
  | 'no file'

export const damageKinds: readonly DamageKind[] = [
  'a flipped bit',
  'a flipped bit',
  'a flipped bit',
  'a cut',
  'zeros',
  'a stale page',
  'no content',
  'no file',
]

const pageBytes = 8192
const sectorBytes = 512

export interface FileDamage {
  /** In a few words. */
  readonly told: string
  /** Whether the damage goes on to where the file ended. */
  readonly reachesEnd: boolean
}

/** Damages a file; undefined when there was nothing to damage. */
export function damageFile(
  path: string,
  kind: DamageKind,
  random: SeededRandom,
): FileDamage | undefined {
  const bytes = readFileSync(path)
  if (kind === 'no file') {
    unlinkSync(path)
    return { told: 'removed', reachesEnd: true }
  }
  if (bytes.length === 0) return undefined
  if (kind === 'a cut' || kind === 'no content') {
    const length = kind === 'a cut' ? random.below(bytes.length) : 0
    truncateSync(path, length)
    return { told: `cut from ${bytes.length} to ${length} bytes`, reachesEnd: true }
  }
  const changed = Buffer.from(bytes)
  const damage = changeBytes(changed, kind, random)
  if (changed.equals(bytes)) return undefined
  writeFileSync(path, changed)
  return damage
}

function changeBytes(bytes: Buffer, kind: DamageKind, random: SeededRandom): FileDamage {
  const unit = random.chance(0.5) ? pageBytes : sectorBytes
  const at = unit * random.below(Math.ceil(bytes.length / unit))
  if (kind === 'zeros') {
    bytes.fill(0, at, Math.min(at + unit, bytes.length))
    return { told: `${unit} zeros at ${at}`, reachesEnd: at + unit >= bytes.length }
  }
  if (kind === 'a stale page') {
    const from = unit * random.below(Math.ceil(bytes.length / unit))
    bytes.copy(bytes, at, from, Math.min(from + unit, bytes.length))
    return { told: `${unit} bytes at ${at} are those at ${from}`, reachesEnd: false }
  }
  const position = random.below(bytes.length)
  const bit = random.below(8)
  bytes[position] = (bytes[position] as number) ^ (1 << bit)
  return { told: `bit ${bit} of byte ${position} flipped`, reachesEnd: false }
}
