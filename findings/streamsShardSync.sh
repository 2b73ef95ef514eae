#!/bin/sh
# Subject:   the first start of a worker with the DynamoDB Streams Kinesis adapter.
# Versions:  dynamodb-streams-kinesis-adapter 2.0.1 with amazon-kinesis-client 3.1.1.
# Behaviour: StreamsSchedulerFactory says that it sets the delay after a shard sync to 0, and does so in
#            the configuration, after it has made the factory of leases with the minute that was there
#            before. So the first worker waits a minute more, unless the caller sets 0 first.
# Seen:      untouched: configured 0 ms, in force 60000 ms
#            set to 0 before: configured 0 ms, in force 0 ms

. "$(dirname "$0")/means/begin.sh"
# Of the lock client an earlier version, under another licence, would be taken.
install_java <<'END'
<dependencyManagement><dependencies><dependency>
  <groupId>com.amazonaws</groupId>
  <artifactId>dynamodb-lock-client</artifactId>
  <version>1.4.0</version>
</dependency></dependencies></dependencyManagement>
<dependencies><dependency>
  <groupId>com.amazonaws</groupId>
  <artifactId>dynamodb-streams-kinesis-adapter</artifactId>
  <version>2.0.1</version>
</dependency></dependencies>
END

cat > Subject.java <<'END'
import com.amazonaws.services.dynamodbv2.streamsadapter.*;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.*;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.*;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.*;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.*;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseManagementFactory;
import software.amazon.kinesis.lifecycle.events.*;

public class Subject {
  static class Processor implements DynamoDBStreamsShardRecordProcessor {
    public void initialize(InitializationInput input) {}
    public void processRecords(DynamoDBStreamsProcessRecordsInput input) {}
    public void leaseLost(LeaseLostInput input) {}
    public void shardEnded(ShardEndedInput input) {}
    public void shutdownRequested(ShutdownRequestedInput input) {}
  }

  static final String ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2026-01-01T00:00:00.000";

  static void start(String how, boolean isSet) {
    var streams = new AmazonDynamoDBStreamsAdapterClient(
        DynamoDbStreamsClient.create(), Region.US_EAST_1);
    var configs = new ConfigsBuilder(
        StreamsSchedulerFactory.createSingleStreamTracker(ARN,
            InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON)),
        "application", streams, DynamoDbAsyncClient.create(), CloudWatchAsyncClient.create(), "worker",
        Processor::new);
    LeaseManagementConfig leases = configs.leaseManagementConfig();
    if (isSet) leases.shardSyncIntervalMillis(0);
    StreamsSchedulerFactory.createScheduler(configs.checkpointConfig(), configs.coordinatorConfig(), leases,
        configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
        configs.retrievalConfig().retrievalSpecificConfig(new DynamoDBStreamsPollingConfig(streams)), streams);
    var inForce = (DynamoDBLeaseManagementFactory) leases.leaseManagementFactory();
    System.out.println(how + ": configured " + leases.shardSyncIntervalMillis() + " ms, in force "
        + inForce.getShardSyncIntervalMillis() + " ms");
  }

  public static void main(String[] args) {
    start("untouched", false);
    start("set to 0 before", true);
    System.exit(0);
  }
}
END

expect sh -c 'java -cp "$(cat classpath.txt)" Subject.java 2> java.log' <<'END'
untouched: configured 0 ms, in force 60000 ms
set to 0 before: configured 0 ms, in force 0 ms
END
