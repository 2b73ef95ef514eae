import { customerCount, customerKey, ordersTable, shipmentPrefix } from './ordersTable.mjs'
import { forEachOf, requireSuccess, writeInBatches } from './tableLoader.mjs'

async function removeShipmentsOf(customer, port, tableName) {
  for (;;) {
    const { Items } = await requireSuccess(port, 'Query', {
      TableName: tableName,
      KeyConditionExpression: 'pk = :customer AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':customer': customer, ':prefix': { S: shipmentPrefix } },
      ProjectionExpression: 'pk, sk',
    })
    if (Items.length === 0) return
    const deletes = Items.map((Key) => ({ DeleteRequest: { Key } }))
    await writeInBatches(port, tableName, deletes)
  }
}

/**
 * Removes what a workload has added to the table of `itemCount` orders of the server at `port`, so
 * that the next measurement finds the table at its size again.
 */
export async function removeShipments({ port, itemCount }) {
  const { tableName } = ordersTable(itemCount)
  await forEachOf(customerCount(itemCount), (number) =>
    removeShipmentsOf(customerKey(number), port, tableName),
  )
}
