import type { BillingMode, TableClass, Tag } from '../../schema/tableRecord.ts'
import type {
  OnDemandThroughputParameter,
  ProvisionedThroughputParameter,
  WarmThroughputParameter,
} from './capacityChecks.ts'
import type { SseSpecificationParameter } from './encryptionSettings.ts'
import type { TableDefinition } from './indexChecks.ts'
import type { StreamSpecificationParameter } from './streamSettings.ts'

/** A CreateTable request as the model lets it through. */
export interface CreateTableRequest extends Partial<TableDefinition> {
  readonly TableName: string
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly StreamSpecification?: StreamSpecificationParameter
  readonly SSESpecification?: SseSpecificationParameter
  readonly Tags?: readonly Tag[]
  readonly TableClass?: TableClass
  readonly DeletionProtectionEnabled?: boolean
  readonly WarmThroughput?: WarmThroughputParameter
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly GlobalTableSourceArn?: string
}

/** A request that defines its keys. */
export type TableCreation = CreateTableRequest & TableDefinition
