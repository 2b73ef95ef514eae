export {
  createDatabase,
  StoreUnavailable,
  type ClientConfig,
  type Clock,
  type Database,
  type DatabaseOptions,
  type ListeningAddress,
  type ListenOptions,
  type Random,
  type RequestLog,
  type ServerLimits,
  type TableDefinition,
  type WorkEvent,
} from './cli/createDatabase.ts'
export type {
  InProcessHandler,
  SdkHandlerOptions,
  SdkRequest,
  SdkResponse,
} from './cli/inProcessHandler.ts'
