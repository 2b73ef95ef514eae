import type { Points } from './points.ts'
import type { WriteWatcher } from './writeWatcher.ts'

/**
 * Who stands beside writes. They are asked for each time that something is to be told, so that
 * somebody can come while the database is in use, and go again; while nobody is there nothing is
 * told and nothing is kept.
 */
export interface Onlookers {
  readonly points: Points | undefined
  readonly watcher: WriteWatcher | undefined
}
