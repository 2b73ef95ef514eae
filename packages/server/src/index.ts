export {
  createDatabase,
  StoreUnavailable,
  type AttributeValue,
  type AuthOptions,
  type ChangeRecord,
  type Changes,
  type ChangesOptions,
  type ClientConfig,
  type Clock,
  type Database,
  type DatabaseOptions,
  type IdentitiesChange,
  type ListeningAddress,
  type ListenOptions,
  type Random,
  type RequestLog,
  type RootKey,
  type ServerLimits,
  type TableDefinition,
  type WorkEvent,
} from './cli/createDatabase.ts'
export type { AbortSignalLike } from './cli/requestQueue.ts'
export type {
  InProcessHandler,
  SdkHandlerOptions,
  SdkRequest,
  SdkResponse,
} from './cli/inProcessHandler.ts'
