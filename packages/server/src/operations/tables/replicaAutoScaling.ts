import { globalTableNotFound } from '../../errors/tableErrors.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface ReplicaAutoScalingRequest {
  readonly TableName: string
}

/**
 * DescribeTableReplicaAutoScaling and UpdateTableReplicaAutoScaling: they are about global tables,
 * and a table of one Region is none, whatever it is scaled by (behaviour digest 5).
 */
export async function replicaAutoScaling(
  { catalog }: Pick<Services, 'catalog'>,
  { TableName }: ReplicaAutoScalingRequest,
): Promise<object> {
  throw globalTableNotFound(catalog.names.tableName(TableName))
}

export const describeTableReplicaAutoScalingOperation: Operation<ReplicaAutoScalingRequest> = {
  name: 'DescribeTableReplicaAutoScaling',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(replicaAutoScaling),
}

export const updateTableReplicaAutoScalingOperation: Operation<ReplicaAutoScalingRequest> = {
  name: 'UpdateTableReplicaAutoScaling',
  access: 'control',
  resources: namedTable,
  handler: unmetered(replicaAutoScaling),
}
