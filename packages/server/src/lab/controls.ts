import { conflictControls, stopControls } from './conflicts/conflictControls.ts'
import { conflictSchemas } from './conflicts/stop.ts'
import type { AnyControl, ControlsOf } from './control.ts'
import { databaseControls } from './databaseControls.ts'
import { transactionControls } from './dryRun/dryRunControls.ts'
import { explanationSchemas } from './explanations/explanation.ts'
import { explanationControls } from './explanations/explanationControls.ts'
import { faultControls, faultSchemas } from './faults/faultControls.ts'
import type { Lab } from './lab.ts'
import { clockControls } from './time/clockControls.ts'
import { readControls } from './time/readControls.ts'
import { snapshotControls } from './time/snapshotControls.ts'
import { namespaceControls } from './namespaceControls.ts'
import type { Schemas } from './schema.ts'

/** Everything that the lab can do. */
export const controls: ControlsOf<Lab> = {
  clock: clockControls,
  database: databaseControls,
  reads: readControls,
  snapshots: snapshotControls,
  namespaces: namespaceControls,
  faults: faultControls,
  conflicts: conflictControls,
  stops: stopControls,
  transactions: transactionControls,
  explanations: explanationControls,
}

/** What the schemas of several controls have in common. */
export const schemas: Schemas = {
  ...faultSchemas,
  ...conflictSchemas,
  ...explanationSchemas,
}

/** A control with its name, such as `faults.add`. */
export interface NamedControl {
  readonly group: string
  readonly name: string
  readonly control: AnyControl
}

export const allControls: readonly NamedControl[] = Object.entries(controls).flatMap(
  ([group, members]) =>
    Object.entries(members as Readonly<Record<string, AnyControl>>).map(([name, control]) => ({
      group,
      name,
      control,
    })),
)
