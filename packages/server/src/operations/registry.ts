import { dynamodbCodec } from '../wire/dynamodbCodec.ts'
import { streamsCodec } from '../wire/streamsCodec.ts'
import { batchExecuteStatementOperation } from './statements/batchExecuteStatement.ts'
import { batchGetItemOperation } from './items/batchGetItem.ts'
import { batchWriteItemOperation } from './items/batchWriteItem.ts'
import { createTableOperation } from './tables/createTable.ts'
import { deleteItemOperation } from './items/deleteItem.ts'
import { deleteResourcePolicyOperation } from './resourcePolicies/deleteResourcePolicy.ts'
import { deleteTableOperation } from './tables/deleteTable.ts'
import { describeContinuousBackupsOperation } from './tables/describeContinuousBackups.ts'
import { describeEndpointsOperation } from './tables/describeEndpoints.ts'
import { describeLimitsOperation } from './tables/describeLimits.ts'
import { describeTableOperation } from './tables/describeTable.ts'
import {
  describeTableReplicaAutoScalingOperation,
  updateTableReplicaAutoScalingOperation,
} from './tables/replicaAutoScaling.ts'
import { describeTimeToLiveOperation } from './timeToLive/describeTimeToLive.ts'
import type { Service } from './dispatcher.ts'
import { describeStreamOperation } from './streams/describeStream.ts'
import { getRecordsOperation } from './streams/getRecords.ts'
import { getShardIteratorOperation } from './streams/getShardIterator.ts'
import { listStreamsOperation } from './streams/listStreams.ts'
import { executeStatementOperation } from './statements/executeStatement.ts'
import { executeTransactionOperation } from './statements/executeTransaction.ts'
import { getItemOperation } from './items/getItem.ts'
import { getResourcePolicyOperation } from './resourcePolicies/getResourcePolicy.ts'
import { listTablesOperation } from './tables/listTables.ts'
import { listTagsOfResourceOperation } from './tags/listTagsOfResource.ts'
import { putItemOperation } from './items/putItem.ts'
import { putResourcePolicyOperation } from './resourcePolicies/putResourcePolicy.ts'
import { queryOperation } from './items/query.ts'
import { scanOperation } from './items/scan.ts'
import { searchVectorsOperation } from './vectors/searchVectors.ts'
import { tagResourceOperation } from './tags/tagResource.ts'
import { transactGetItemsOperation } from './items/transactGetItems.ts'
import { transactWriteItemsOperation } from './items/transactWriteItems.ts'
import { untagResourceOperation } from './tags/untagResource.ts'
import { updateItemOperation } from './items/updateItem.ts'
import { updateTableOperation } from './tables/updateTable.ts'
import { updateTimeToLiveOperation } from './timeToLive/updateTimeToLive.ts'

/** The operations of DynamoDB Streams. */
export const dynamodbStreams: Service = {
  codec: streamsCodec,
  operations: [
    describeStreamOperation,
    getRecordsOperation,
    getShardIteratorOperation,
    listStreamsOperation,
  ],
}

/** The operations of DynamoDB that this server has. */
export const dynamodb: Service = {
  codec: dynamodbCodec,
  operations: [
    batchExecuteStatementOperation,
    batchGetItemOperation,
    batchWriteItemOperation,
    createTableOperation,
    deleteItemOperation,
    deleteResourcePolicyOperation,
    deleteTableOperation,
    describeContinuousBackupsOperation,
    describeEndpointsOperation,
    describeLimitsOperation,
    describeTableOperation,
    describeTableReplicaAutoScalingOperation,
    describeTimeToLiveOperation,
    executeStatementOperation,
    executeTransactionOperation,
    getItemOperation,
    getResourcePolicyOperation,
    listTablesOperation,
    listTagsOfResourceOperation,
    putItemOperation,
    putResourcePolicyOperation,
    queryOperation,
    scanOperation,
    searchVectorsOperation,
    tagResourceOperation,
    transactGetItemsOperation,
    transactWriteItemsOperation,
    untagResourceOperation,
    updateItemOperation,
    updateTableOperation,
    updateTableReplicaAutoScalingOperation,
    updateTimeToLiveOperation,
  ],
}
