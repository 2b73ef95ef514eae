import type { BillingMode, Tag } from '../../schema/tableRecord.ts'
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
  /** Or its ARN, which says where the table is to be. */
  readonly TableName: string
  readonly BillingMode?: BillingMode
  /** Another name of BillingMode, which wins; not in AWS's model. */
  readonly TableThroughputMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly StreamSpecification?: StreamSpecificationParameter
  readonly SSESpecification?: SseSpecificationParameter
  readonly Tags?: readonly Partial<Tag>[]
  /** Any text: see tableClass.ts. */
  readonly TableClass?: string
  readonly DeletionProtectionEnabled?: boolean
  readonly WarmThroughput?: WarmThroughputParameter
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly GlobalTableSourceArn?: string
  readonly ResourcePolicy?: string
}

/** The billing mode that a request names by either of its names, if it names one. */
export function billingModeOf(
  request: Pick<CreateTableRequest, 'BillingMode' | 'TableThroughputMode'>,
): BillingMode | undefined {
  return request.BillingMode ?? request.TableThroughputMode
}

/** A request that defines its keys. */
export type TableCreation = CreateTableRequest & TableDefinition
