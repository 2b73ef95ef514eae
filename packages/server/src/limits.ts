/**
 * Every limit of the server with its source: "guide" is the Amazon DynamoDB Developer Guide,
 * "model" the service model, "ours" a limit that only this server has.
 */

/** Longest accepted request body in bytes, compressed or not (guide: API limits). */
export const maxRequestBodyBytes: number = 16 * 1024 * 1024
/** Most bytes in one item, names included (guide: item size). */
export const maxItemSizeBytes: number = 400 * 1024
/** Longest partition key value in bytes (guide: partition keys). */
export const maxPartitionKeyBytes: number = 2048
/** Longest sort key value in bytes (guide: sort keys). */
export const maxSortKeyBytes: number = 1024
/**
 * Most levels of an attribute value; the attribute itself is level 1, so that there are at most 31
 * lists and maps round a scalar (guide: nested attribute depth; measured: 31 are taken and 32
 * refused, in items and in the values of expressions alike).
 */
export const maxNestingLevels: number = 32

/**
 * A value with more levels than these is refused in the same words by both validation layers
 * (measured: 61 lists and maps round a scalar have the newer layer's envelope as 32 have, 63 not).
 */
export const maxNestingLevelsTold: number = 63
/**
 * The same for keys and the values of expressions in a transaction, which is refused before it runs
 * for 33 lists and maps round a scalar (measured). What it would store has the usual limit.
 */
export const maxTransactedNestingLevels: number = 33
/**
 * The same as {@link maxNestingLevelsTold} in a transaction (measured: 33 lists and maps round a
 * scalar have the newer layer's text, 61 not; where between is inferred: a transaction holds its
 * values three levels of JSON deeper).
 */
export const maxTransactedNestingLevelsTold: number = 61
/** Most significant digits of a number (guide: number). */
export const maxNumberDigits: number = 38
/** Longest expression in bytes of its raw text (guide: expression parameters). */
export const maxExpressionBytes: number = 4096
/** Most operators in one expression (guide: expression parameters). */
export const maxExpressionOperators: number = 300
/** Most partition keys that IN has in a PartiQL statement (guide: PartiQL operators). */
export const maxPartitionKeysOfIn: number = 50
/** Most operands of IN (guide: expression parameters). */
export const maxInOperands: number = 100
/**
 * Most items that a statement is read by one by one: as many as an IN of each kind names. One that
 * names more reads the items of its partition keys instead (ours).
 */
export const maxLookupsOfStatement: number = maxPartitionKeysOfIn * maxInOperands
/** Most levels of a document path (measured). */
export const maxPathLevels: number = 32
/** Longest name or value placeholder in bytes (guide: expression attribute names and values). */
export const maxPlaceholderBytes: number = 255
/** Most bytes of all substitution names and values of one request (guide). */
export const maxSubstitutionBytes: number = 2 * 1024 * 1024
/** Most bytes in one transaction's payload (guide: transactions). */
export const maxTransactionBytes: number = 4 * 1024 * 1024
/** How long a client request token stays bound to its request (model: ClientRequestToken). */
export const clientRequestTokenLifetimeMs: number = 10 * 60 * 1000
/** How often ended client request tokens are removed (ours). */
export const tokenPurgeIntervalMs: number = 30_000
/** Most tables of an account in a Region, and of one that has asked for more (guide: quotas). */
export const tableQuota: number = 2500
export const mostTables: number = 10_000
/** Most local secondary indexes of a table (guide). */
export const maxLocalSecondaryIndexes: number = 5
/** Most global secondary indexes of a table (guide). */
export const maxGlobalSecondaryIndexes: number = 20
/** Most vector indexes of a table (guide: quotas of vector search). */
export const maxVectorIndexes: number = 5
/** Most dimensions of a vector index (guide: quotas of vector search). */
export const maxVectorDimensions: number = 4096
/** Most INLINE_FILTER elements of a search schema (guide: quotas of vector search). */
export const maxInlineFilters: number = 18
/** Longest value in bytes of an attribute that is an INLINE_FILTER (measured). */
export const maxSearchFilterBytes: number = 10_240
/** Bytes that a vector search, or a write of a vector index, is charged for at least (measured). */
export const leastVectorBytes: number = 1024
/** Most results of a vector search (guide: quotas of vector search). */
export const maxTopK: number = 100
/** Most bytes of items in the answer to a vector search (guide: SearchVectors). */
export const maxSearchResponseBytes: number = 16 * 1024 * 1024
/**
 * Bytes of vectors from which an index is searched by a graph, where that is wanted (ours): an
 * exact search goes through so many in about a millisecond, a graph answers in a quarter of that.
 */
export const leastGraphBytes: number = 32 * 1024 * 1024
/** How long after its start a server reads the vectors of its indexes into memory (ours). */
export const vectorsDelayMs: number = 250
/** How many times as long as a step took the making of a graph rests while others work (ours). */
export const graphRestFactor: number = 4
/** Most user-projected attributes over all indexes of a table (guide). */
export const maxProjectedAttributes: number = 100
/**
 * Most bytes of the items and local index entries of one partition key (guide: item collections).
 */
export const maxItemCollectionBytes: number = 10 * 1024 ** 3
/** Most tags of a table (guide). */
export const maxTags: number = 50

/** Longest key and value of a tag, in UTF-16 code units (model: TagKeyString, TagValueString). */
export const maxTagKeyLength: number = 128
export const maxTagValueLength: number = 256
/** How long ago an item may have expired and still be removed, in seconds: five years (guide). */
export const oldestExpirySeconds: number = 5 * 365 * 24 * 60 * 60
/** The last second that a clock can show (ECMAScript: time values). */
export const lastExpirySeconds: number = 8.64e12
/** How long after a change of time to live the next one is taken (measured: about 31 minutes). */
export const timeToLiveIntervalMs: number = 31 * 60 * 1000
/** How long expired items stay unless a server is told otherwise, in seconds (ours; AWS: days). */
export const ttlDelaySeconds: number = 2
/** The longest that a server may be told to let them stay, in seconds: a year (ours). */
export const maxTtlDelaySeconds: number = 365 * 24 * 60 * 60
/** How often a table is looked at for items that have expired (ours). */
export const expiryIntervalMs: number = 1000
/** How much longer that takes for each table with time to live, in milliseconds (ours). */
export const expiryIntervalPerTableMs: number = 4
/** Most items that one step of their removal takes, and most bytes of their images (ours). */
export const maxExpiredItems: number = 200
export const maxExpiredBytes: number = 4 * 1024 * 1024
/** How many times as long as a step took its removal of expired items rests after it (ours). */
export const expiryRestFactor: number = 4
/** The longest that it rests, in milliseconds (ours). */
export const maxExpiryRestMs: number = 1000
/** Most bytes of one page of Query or Scan (guide). */
export const maxPageBytes: number = 1024 * 1024
/**
 * Most bytes of items in one response of BatchGetItem: 16 MB, of which the API reference says that
 * 52 items of 300 KB fit, but no more.
 */
export const maxBatchGetBytes: number = 16_000_000
/**
 * Most single-item writes of one item, or writes of the store, that are bundled into one commit
 * (ours).
 */
export const maxBundledWrites: number = 1024
/**
 * Most bytes of images that the bundled writes of one item are evaluated to without a pause (ours).
 */
export const maxBundledImageBytes: number = 2 * 1024 * 1024
/**
 * How long one request keeps the event loop before it lets others go first, in milliseconds (ours).
 */
export const maxTurnMs: number = 0.5
/**
 * A pass of the event loop that is shorter had nothing to do, in milliseconds (ours).
 */
export const leastPassMs: number = 0.015
/**
 * How long it may have nothing to do before work that gave way goes on, in milliseconds: as long as
 * a client nearby takes for its next request (ours).
 */
export const maxIdlePassesMs: number = 0.1
/**
 * Most bytes of items that a transaction is judged on while nobody goes first: each turn that it
 * gives to others is one in which they meet the items that it holds (ours).
 */
export const maxUnpausedBytes: number = 64 * 1024
/** Most writes of a commit that take effect without a turn of others in between (ours). */
export const maxWritesAtOnce: number = 256
/**
 * How long a client that was refused for want of room should wait at least, in milliseconds (ours).
 */
export const leastRetryAfterMs: number = 25
/** And at most (ours; SDKs cut what is longer than about 5 s). */
export const mostRetryAfterMs: number = 2000
/** How many of the clients that were refused are asked to come back in a millisecond (ours). */
export const retriesPerMs: number = 5
/**
 * Most requests of clients in the same process that are under way: as many as the SDK opens sockets
 * (ours).
 */
export const maxInProcessAtOnce: number = 50
/** Most requests of clients in the same process that wait for their turn (ours). */
export const maxInProcessWaiting: number = 100_000
/** How often a commit is tried whose expectations another process disappoints (ours). */
export const maxCommitAttempts: number = 5
/** The same where several servers share a store, with pauses (ours). */
export const maxSharedCommitAttempts: number = 60
/** How often a write is worked out again because what it was built on was refused (ours). */
export const maxFalls: number = 1000
/** How long a server may do a piece of background work before it asks for it again (ours). */
export const leaseMs: number = 30_000
/** How often a server looks for changes of tables made elsewhere, without a request (ours). */
export const catalogPollMs: number = 1000
/**
 * How long what a deleted table or index leaves stays for requests that other servers have begun to
 * answer (ours).
 */
export const sharedRemovalDelayMs: number = 10_000
/** How often the item counts of several servers are added up (ours; AWS: six hours). */
export const countFoldingIntervalMs: number = 5000
/**
 * Most bytes that a request's writes have in memory as a list, text and size counted together; one
 * that writes more makes its writes one after the other when its commit's turn has come (ours).
 */
export const maxListedBytes: number = 8 * 1024 * 1024
/**
 * Most bytes of images that all unfinished writes have in memory, what they found and what they
 * produce; a write that needs more waits before it reads (ours).
 */
export const maxWriteBytes: number = 96 * 1024 * 1024
/** How long a member of a batch waits for the transaction that holds its item (ours). */
export const maxBatchWaitMs: number = 1000
/**
 * How long a write waits for items that transactions hold, in milliseconds, where it is not refused
 * at once (ours).
 */
export const maxConflictWaitMs: number = 5000
/** Most writes that wait for items that transactions hold (ours). */
export const maxConflictWaiting: number = 10_000
/** Most bytes that the writes are about which wait for items that transactions hold (ours). */
export const maxConflictWaitingBytes: number = 64 * 1024 * 1024
/** Most bytes of writes that are bundled into one commit of the store (ours). */
export const maxBundledBytes: number = 16 * 1024 * 1024
/**
 * Size of a journal file, in bytes, from which the store takes what it holds; when the next one is
 * as large before it has, commits wait (ours).
 */
export const maxJournalBytes: number = 32 * 1024 * 1024
/** Most bytes of zeros behind a record of the journal, the room for those that follow (ours). */
export const maxJournalRoomBytes: number = 256 * 1024
/**
 * Most bytes of one record of the journal, but for the last write in it: what is encoded, summed
 * and written without a pause. A larger commit has several records (ours).
 */
export const maxRecordBytes: number = 1024 * 1024
/** How long no commit may come before the store takes what the journal holds (ours). */
export const journalDelayMs: number = 1000
/** How many such delays the store waits at most while commits come (ours). */
export const maxJournalDelays: number = 30
/** Most writes that the store takes from the journal at once (ours). */
export const maxAppliedWrites: number = 256
/** Most bytes that the store takes from the journal at once, but for the last write (ours). */
export const maxAppliedBytes: number = 1024 * 1024
/** How long a stream keeps the record of a change (guide: DynamoDB Streams). */
export const streamRetentionMs: number = 24 * 60 * 60 * 1000
/** How long an iterator of a shard may be used after it was given (model: GetShardIterator). */
export const shardIteratorLifetimeMs: number = 15 * 60 * 1000
/** Most records in one answer of GetRecords (model). */
export const maxRecordsPerPage: number = 1000
/** Most bytes of records in one answer of GetRecords, keys and images (model). */
export const maxRecordPageBytes: number = 1024 * 1024
/** Most streams in one answer of ListStreams, and most shards in one of DescribeStream (model). */
export const maxStreamsPerPage: number = 100
/** Open shards of a new stream, as AWS gives a new table (guide). */
export const defaultStreamShards: number = 1
/** Most open shards that a new stream may be given (ours). */
export const maxStreamShards: number = 256
/** After how many hours an open shard gets a child, as AWS is known to do. */
export const defaultStreamShardHours: number = 4

/** Longest text of one pattern or value in a policy, in UTF-16 units (ours). */
export const maxPolicyTextLength: number = 4096
/**
 * Most UTF-16 units of values that the patterns of policies are held to for one request, each for
 * each pattern (ours): less than half a second.
 */
export const maxComparedUnits: number = 50_000_000
/** Most bytes of a policy of a resource, blanks included (model: PutResourcePolicy). */
export const maxResourcePolicyBytes: number = 20_480
/** Most members and items in a file of identities, in what aliases stand for, too (ours). */
export const maxIdentitiesEntries: number = 500_000
/** Most bytes of a file of identities (ours). */
export const maxIdentitiesBytes: number = 16 * 1024 * 1024
/** Most bytes of a file with a certificate or a key (ours). */
export const maxTlsFileBytes: number = 1024 * 1024
/** How often the files of a certificate and its key are looked at (ours). */
export const tlsIntervalMs: number = 1000
/** Most characters of an audit that wait to be written (ours). */
export const maxAuditBacklogBytes: number = 4 * 1024 * 1024
/** How often a file of identities is looked at (ours). */
export const identitiesIntervalMs: number = 1000

/** How far the date of a signature may be from the server's time, in seconds (captured). */
export const maxSignatureAgeSeconds: number = 5 * 60
/** For how long a signed query string may ask to hold, in seconds: a week (guide of IAM). */
export const maxSignatureExpirySeconds: number = 7 * 24 * 60 * 60
/** Most lists of signed headers that are remembered, and the longest that is (ours). */
export const maxKnownLists: number = 100
export const maxKnownListLength: number = 1000
/** Most keys that are remembered of those that signatures are made by (ours). */
export const maxSigningKeys: number = 1000

/** For how long the points of metrics are kept, by the minute (ours; AWS: 15 days). */
export const metricRetentionHours: number = 24
/**
 * Most metrics that points are kept of, each unique set of dimensions one of its own (ours): a
 * thousand tables with ten of each. What comes beyond is not recorded, and counted.
 */
export const maxMetricSeries: number = 10_000
/**
 * Most bytes of all metrics and their points (ours): about a thousand metrics that never rest for a
 * day, or all of them for two hours. Beyond it the oldest hour of all metrics goes.
 */
export const maxMetricBytes: number = 48 * 1024 * 1024
/** How often what is provisioned becomes a point of a metric (guide: metrics and dimensions). */
export const capacitySampleMinutes: number = 5
/** Most metrics in one answer of ListMetrics (model). */
export const maxListedMetrics: number = 500
/** Most points in one answer of GetMetricStatistics (model). */
export const maxStatisticsDatapoints: number = 1440
/** Most queries in one request of GetMetricData (model). */
export const maxMetricDataQueries: number = 500
/** Most points in one answer of GetMetricData (model). */
export const maxMetricDatapoints: number = 100_800
/** Most values that the expressions of one request of GetMetricData look at (ours). */
export const maxMathValues: number = 2_000_000
/**
 * Longest body in bytes that is translated into JSON, which is done before it is known who asks
 * (ours): four times what 500 queries take.
 */
export const maxTranslatedBytes: number = 1024 * 1024
/** Most levels of a request in CBOR; no request of CloudWatch has more than ten (ours). */
export const maxCborLevels: number = 32
/** How long after the start metrics begin to be kept, if nothing happens before (ours). */
export const metricsDelayMs: number = 1000
/** Most answers that are remembered until metrics are kept (ours). */
export const maxDeferredAnswers: number = 5000
/** Most bytes of such answers and their requests (ours). */
export const maxDeferredAnswerBytes: number = 16 * 1024 * 1024

/** Most read and most write units of all provisioned tables together (guide: default quotas). */
export const maxAccountCapacityUnits: number = 80_000
/** Most read and most write units of one table or index in a second (guide: default quotas). */
export const maxTableCapacityUnits: number = 40_000
/** How many seconds of unused capacity may be used at once (guide: burst capacity). */
export const burstSeconds: number = 300
/** Most read units of one partition in a second (guide: partition key design). */
export const maxPartitionReadUnits: number = 3000
/** Most write units of one partition in a second (guide: partition key design). */
export const maxPartitionWriteUnits: number = 1000
/** In how many minutes traffic on demand may double (guide: on-demand capacity mode). */
export const peakGrowthMinutes: number = 30
/** Most bytes that searches of one partition key of a vector index cost in a second (guide). */
export const maxSearchBytesOfKey: number = 1024 ** 3
/** Most bytes that writes of one partition key of a vector index cost in a second (guide). */
export const maxVectorWriteBytesOfKey: number = 10 * 1024 ** 2
/** Most partition keys of a table or index whose use is remembered at once (ours). */
export const maxKeyRangeBuckets: number = 20_000
/** Most namespaces of a database that are open at once (ours). */
export const maxNamespaces: number = 1000
/** How long after its start a server proves a store that was closed in good order (ours). */
export const proofDelayMs: number = 250
/** That proof rests this many times as long as each of its steps takes (ours). */
export const proofRestFactor: number = 4
/**
 * How many servers in a row may be stopped before that proof has ended; the next one proves the
 * store before it is used (ours).
 */
export const maxUnprovedStops: number = 10
/** Most bytes of what commits have replaced that are remembered for reads that lag (ours). */
export const maxPastBytes: number = 256 * 1024 * 1024
/** The longest that eventually consistent reads may lag, in milliseconds: an hour (ours). */
export const maxEventualLagMs: number = 60 * 60 * 1000
/** The furthest that a clock is advanced at once, in milliseconds: 366 days (ours). */
export const maxClockAdvanceMs: number = 366 * 24 * 60 * 60 * 1000
/** Most snapshots of a database that are held at once (ours). */
export const maxHeldSnapshots: number = 1000
/** Most rules of faults that are in force at once (ours). */
export const maxFaultRules: number = 1000
/** Most refusals that are remembered for being explained (ours). */
export const maxExplanations: number = 1000
/** Most bytes of them together, and of one, as JSON (ours). */
export const maxExplanationBytes: number = 8 * 1024 * 1024
export const maxOneExplanationBytes: number = 256 * 1024
/** Most actions that are shown of a request that was in the way (ours). */
export const maxExplainedActions: number = 25
/** How long what happens is noted after somebody has looked at it last, in milliseconds (ours). */
export const watchLastsMs: number = 10 * 60 * 1000
/** How far back conflicts are shown, in milliseconds, and how many at most (ours). */
export const recentConflictMs: number = 10 * 60 * 1000
export const maxShownConflicts: number = 100
/** Most requests that met another one and are remembered while nobody looks (ours). */
export const maxNotedMeetings: number = 100
/** Most unfinished transactions that are shown (ours). */
export const maxShownTransactions: number = 100
/** Most holds of items, and most rules by which transactions stop, at once (ours). */
export const maxLabHolds: number = 1000
/** Longest rule of the lab, as JSON in bytes (ours). */
export const maxLabRuleBytes: number = 64 * 1024
/** Most entries, and bytes but for the last, that go to another store at once (ours). */
export const maxCopiedEntries: number = 1000
export const maxCopiedBytes: number = 1024 * 1024
/** How fast the last changes must be brought to another store before writes are stopped (ours). */
export const catchUpMs: number = 300
