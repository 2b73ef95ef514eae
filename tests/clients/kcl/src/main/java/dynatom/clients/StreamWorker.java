package dynatom.clients;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.retrieval.RetrievalConfig;

/**
 * A worker of the Kinesis Client Library on the stream of a table. The arguments are the stream's
 * ARN, the application's name (that of its lease table) and the worker's. Prints what its
 * processors are told, a line of JSON each; SIGTERM lets it finish in good order.
 */
public final class StreamWorker {
  private static final Region REGION = Region.US_EAST_1;
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("clients", "clients"));

  private final URI endpoint = URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB"));

  private Scheduler scheduler(String streamArn, String application, String worker) {
    AmazonDynamoDBStreamsAdapterClient streams =
        new AmazonDynamoDBStreamsAdapterClient(
            DynamoDbStreamsClient.builder()
                .endpointOverride(endpoint)
                .region(REGION)
                .credentialsProvider(CREDENTIALS)
                .build(),
            REGION);
    DynamoDbAsyncClient leases =
        DynamoDbAsyncClient.builder()
            .endpointOverride(endpoint)
            .region(REGION)
            .credentialsProvider(CREDENTIALS)
            .build();
    // The builder wants one; without metrics it is never called.
    CloudWatchAsyncClient unused =
        CloudWatchAsyncClient.builder().region(REGION).credentialsProvider(CREDENTIALS).build();
    ConfigsBuilder configs =
        new ConfigsBuilder(
            StreamsSchedulerFactory.createSingleStreamTracker(
                streamArn,
                InitialPositionInStreamExtended.newInitialPosition(
                    InitialPositionInStream.TRIM_HORIZON)),
            application,
            streams,
            leases,
            unused,
            worker,
            ToldProcessor::new);
    return StreamsSchedulerFactory.createScheduler(
        configs.checkpointConfig(),
        quick(configs.coordinatorConfig()),
        quick(configs.leaseManagementConfig()),
        configs.lifecycleConfig(),
        configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(),
        quick(configs.retrievalConfig(), streams),
        streams);
  }

  private static CoordinatorConfig quick(CoordinatorConfig config) {
    config.parentShardPollIntervalMillis(200);
    config.shardConsumerDispatchPollIntervalMillis(100);
    config.schedulerInitializationBackoffTimeMillis(200);
    config.skipShardSyncAtWorkerInitializationIfLeasesExist(true);
    return config;
  }

  private static LeaseManagementConfig quick(LeaseManagementConfig config) {
    // The adapter sets this to 0 too late: a first start would take a minute more.
    config.shardSyncIntervalMillis(0);
    config.failoverTimeMillis(3_000);
    config.leaseAssignmentIntervalMillis(500L);
    config.workerUtilizationAwareAssignmentConfig().workerMetricsReporterFreqInMillis(1_000);
    return config;
  }

  private static RetrievalConfig quick(
      RetrievalConfig config, AmazonDynamoDBStreamsAdapterClient streams) {
    DynamoDBStreamsPollingConfig polling = new DynamoDBStreamsPollingConfig(streams);
    polling.idleTimeBetweenReadsInMillis(200);
    return config.retrievalSpecificConfig(polling);
  }

  public static void main(String[] args) throws Exception {
    Scheduler scheduler = new StreamWorker().scheduler(args[0], args[1], args[2]);
    Thread work = new Thread(scheduler, "scheduler");
    Thread finish =
        new Thread(
            () -> {
              try {
                boolean isFinished = scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
                Told.event(isFinished ? "finished" : "gave up");
              } catch (Exception error) {
                Told.event("gave up: " + error);
              }
            });
    Runtime.getRuntime().addShutdownHook(finish);
    work.start();
    work.join();
  }
}
