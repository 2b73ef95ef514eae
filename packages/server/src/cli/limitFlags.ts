import {
  isLimitValue,
  limitContradiction,
  rangeText,
  type LimitName,
  type ServerLimits,
} from '../http/serverLimits.ts'
import { usageError } from './operatorError.ts'

/** How a limit is set on the command line. */
interface LimitFlag {
  readonly name: string
  readonly placeholder: string
  readonly help: string
}

/** In the order of the help. */
export const limitFlags: Readonly<Record<LimitName, LimitFlag>> = {
  maxConnections: {
    name: '--max-connections',
    placeholder: 'N',
    help: 'open connections of each address (10000)',
  },
  maxHeaderBytes: {
    name: '--max-header-bytes',
    placeholder: 'BYTES',
    help: 'request line and headers of a request (16384)',
  },
  maxBodyBytes: {
    name: '--max-body-bytes',
    placeholder: 'BYTES',
    help: 'body of a request (16777216)',
  },
  maxDiscardedBytes: {
    name: '--max-discarded-bytes',
    placeholder: 'BYTES',
    help: 'body that is too long and yet read before the answer (67108864)',
  },
  maxBufferedBytes: {
    name: '--max-buffered-bytes',
    placeholder: 'BYTES',
    help: 'bodies and answers in memory over all connections (268435456)',
  },
  maxQueuedCommits: {
    name: '--max-queued-commits',
    placeholder: 'N',
    help: 'requests that write and wait for their commit (10000)',
  },
  maxOpenReads: {
    name: '--max-open-reads',
    placeholder: 'N',
    help: 'requests that read and are not answered yet (1000)',
  },
  maxTables: {
    name: '--max-tables',
    placeholder: 'N',
    help: 'tables (2500)',
  },
  headersTimeoutMs: {
    name: '--headers-timeout-ms',
    placeholder: 'MS',
    help: 'time for the headers of a request to arrive (30000)',
  },
  requestTimeoutMs: {
    name: '--request-timeout-ms',
    placeholder: 'MS',
    help: 'time for a whole request to arrive (120000)',
  },
  keepAliveTimeoutMs: {
    name: '--keep-alive-timeout-ms',
    placeholder: 'MS',
    help: 'time that a connection is kept on which nothing moves (120000)',
  },
  closeTimeoutMs: {
    name: '--close-timeout-ms',
    placeholder: 'MS',
    help: 'time for requests to be answered after a signal (10000)',
  },
}

/** The value of a limit that is written as `value` and called `name`. Throws OperatorError. */
export function parseLimit(limit: LimitName, value: string, name: string): number {
  const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (isLimitValue(limit, parsed)) return parsed
  throw usageError(`"${value}" is not a value of ${name}: it takes ${rangeText(limit)}.`)
}

/** Throws OperatorError when two limits contradict each other. */
export function refuseContradictingLimits(limits: ServerLimits): void {
  const contradiction = limitContradiction(limits, (limit) => limitFlags[limit].name)
  if (contradiction !== undefined) throw usageError(contradiction)
}
