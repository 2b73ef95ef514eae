package dynatom.clients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementError;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Capacity;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.ExecuteTransactionResponse;
import software.amazon.awssdk.services.dynamodb.model.ItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** What the SDK gave or threw, as JSON has it: without what is not there. */
final class Answers {
  private Answers() {}

  static Map<String, Object> statement(ExecuteStatementResponse response) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (response.hasItems()) {
      answer.put("Items", all(response.items(), AttributeValues::json));
    }
    put(answer, "NextToken", response.nextToken());
    if (response.consumedCapacity() != null) {
      answer.put("ConsumedCapacity", capacity(response.consumedCapacity()));
    }
    return answer;
  }

  static Map<String, Object> batch(BatchExecuteStatementResponse response) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (response.hasResponses()) {
      answer.put("Responses", all(response.responses(), Answers::member));
    }
    if (response.hasConsumedCapacity()) {
      answer.put("ConsumedCapacity", all(response.consumedCapacity(), Answers::capacity));
    }
    return answer;
  }

  static Map<String, Object> transaction(ExecuteTransactionResponse response) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (response.hasResponses()) {
      answer.put("Responses", all(response.responses(), Answers::read));
    }
    if (response.hasConsumedCapacity()) {
      answer.put("ConsumedCapacity", all(response.consumedCapacity(), Answers::capacity));
    }
    return answer;
  }

  /** The name and the message are the service's own; the class is the one that was thrown. */
  static Map<String, Object> failure(DynamoDbException error) {
    Map<String, Object> failure = new LinkedHashMap<>();
    failure.put("class", error.getClass().getSimpleName());
    failure.put("name", error.awsErrorDetails().errorCode());
    failure.put("message", error.awsErrorDetails().errorMessage());
    if (error instanceof ConditionalCheckFailedException) {
      ConditionalCheckFailedException failed = (ConditionalCheckFailedException) error;
      if (failed.hasItem()) {
        failure.put("Item", AttributeValues.json(failed.item()));
      }
    }
    if (error instanceof TransactionCanceledException) {
      TransactionCanceledException canceled = (TransactionCanceledException) error;
      failure.put("CancellationReasons", all(canceled.cancellationReasons(), Answers::reason));
    }
    return failure;
  }

  private static Map<String, Object> reason(CancellationReason reason) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "Code", reason.code());
    put(json, "Message", reason.message());
    if (reason.hasItem()) {
      json.put("Item", AttributeValues.json(reason.item()));
    }
    return json;
  }

  private static Map<String, Object> read(ItemResponse response) {
    return response.hasItem()
        ? Map.of("Item", AttributeValues.json(response.item()))
        : Map.of();
  }

  private static Map<String, Object> member(BatchStatementResponse response) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "TableName", response.tableName());
    if (response.hasItem()) {
      json.put("Item", AttributeValues.json(response.item()));
    }
    BatchStatementError error = response.error();
    if (error != null) {
      json.put("Error", Map.of("Code", error.codeAsString(), "Message", error.message()));
    }
    return json;
  }

  private static Map<String, Object> capacity(ConsumedCapacity consumed) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("TableName", consumed.tableName());
    put(json, "CapacityUnits", consumed.capacityUnits());
    put(json, "ReadCapacityUnits", consumed.readCapacityUnits());
    put(json, "WriteCapacityUnits", consumed.writeCapacityUnits());
    if (consumed.table() != null) {
      json.put("Table", units(consumed.table()));
    }
    if (consumed.hasGlobalSecondaryIndexes()) {
      Map<String, Object> indexes = new LinkedHashMap<>();
      consumed.globalSecondaryIndexes().forEach((name, of) -> indexes.put(name, units(of)));
      json.put("GlobalSecondaryIndexes", indexes);
    }
    return json;
  }

  private static Map<String, Object> units(Capacity capacity) {
    return Map.of("CapacityUnits", capacity.capacityUnits());
  }

  private static void put(Map<String, Object> json, String name, Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static <Each> List<Object> all(List<Each> list, Function<Each, Object> json) {
    return list.stream().map(json).collect(Collectors.toList());
  }
}
