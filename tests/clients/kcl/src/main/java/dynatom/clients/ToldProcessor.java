package dynatom.clients;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Identity;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

/** Tells of each record, and checkpoints behind each batch and at the end of its shard. */
final class ToldProcessor implements DynamoDBStreamsShardRecordProcessor {
  private String shard;

  @Override
  public void initialize(InitializationInput input) {
    shard = input.shardId();
    String from = input.extendedSequenceNumber().sequenceNumber();
    Told.event("initialized", Map.of("shard", shard, "from", from));
  }

  @Override
  public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
    for (DynamoDBStreamsClientRecord each : input.records()) {
      Told.event("record", told(each.getRecord()));
    }
    checkpoint(input.checkpointer());
  }

  @Override
  public void leaseLost(LeaseLostInput input) {
    Told.event("lease lost", Map.of("shard", shard));
  }

  @Override
  public void shardEnded(ShardEndedInput input) {
    Told.event("ended", Map.of("shard", shard));
    checkpoint(input.checkpointer());
  }

  @Override
  public void shutdownRequested(ShutdownRequestedInput input) {
    checkpoint(input.checkpointer());
  }

  private static void checkpoint(RecordProcessorCheckpointer checkpointer) {
    try {
      checkpointer.checkpoint();
    } catch (InvalidStateException | ShutdownException error) {
      throw new IllegalStateException(error);
    }
  }

  private Map<String, Object> told(Record record) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("shard", shard);
    told.put("sequenceNumber", record.dynamodb().sequenceNumber());
    told.put("name", record.eventNameAsString());
    told.put("old", plain(record.dynamodb().oldImage()));
    told.put("new", plain(record.dynamodb().newImage()));
    told.put("keys", plain(record.dynamodb().keys()));
    Identity identity = record.userIdentity();
    told.put("by", identity == null ? null : identity.type() + " " + identity.principalId());
    return told;
  }

  /** Strings and numbers as text; null for an image that is not there. */
  private static Map<String, String> plain(Map<String, AttributeValue> image) {
    if (image.isEmpty()) {
      return null;
    }
    Map<String, String> plain = new TreeMap<>();
    image.forEach((name, value) -> plain.put(name, value.s() == null ? value.n() : value.s()));
    return plain;
  }
}
