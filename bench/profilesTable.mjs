/** How many profiles the table is loaded with; workloads spread their requests over all of them. */
const itemCount = 10_000

/** The primary key of item `index`, 0 <= index < itemCount. */
function keyOf(index) {
  return { pk: { S: `CUSTOMER#${String(index).padStart(6, '0')}` }, sk: { S: 'PROFILE' } }
}

/**
 * Item `index`: a customer profile of about 400 bytes by DynamoDB's way of counting, with
 * strings, numbers, a string set, a list, a map and a boolean. The same index gives the same item.
 */
function itemOf(index) {
  const digits = String(index).padStart(6, '0')
  return {
    ...keyOf(index),
    fullName: { S: `Customer Number ${digits}` },
    email: { S: `customer.${digits}@mail.example.com` },
    createdAt: { N: String(1_700_000_000 + index) },
    balance: { N: `${index % 997}.25` },
    hits: { N: '0' },
    verified: { BOOL: index % 3 !== 0 },
    labels: { SS: ['newsletter', 'returning', `region-${index % 16}`] },
    address: {
      M: {
        street: { S: `${index % 400} Long Meadow Road` },
        city: { S: 'Springfield' },
        postcode: { S: digits },
      },
    },
    recentOrders: { L: [{ S: `ORDER#${digits}-1` }, { S: `ORDER#${digits}-2` }] },
    note: { S: 'Prefers delivery in the morning; ring twice, then leave with the neighbour.' },
  }
}

/** The table of profiles: one item in each partition. For the single items of the workloads. */
export const profiles = { tableName: 'profiles', itemCount, keyOf, itemOf }
