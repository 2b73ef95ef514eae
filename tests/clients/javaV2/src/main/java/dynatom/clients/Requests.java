package dynatom.clients;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.ExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.ExecuteTransactionRequest;
import software.amazon.awssdk.services.dynamodb.model.ParameterizedStatement;

/** Requests of the SDK from JSON; a member that is missing there is null for a builder. */
final class Requests {
  private Requests() {}

  static ExecuteStatementRequest statement(JsonNode request) {
    return ExecuteStatementRequest.builder()
        .statement(text(request, "Statement"))
        .parameters(member(request, "Parameters", AttributeValues::listOf))
        .consistentRead(member(request, "ConsistentRead", JsonNode::asBoolean))
        .limit(member(request, "Limit", JsonNode::asInt))
        .nextToken(text(request, "NextToken"))
        .returnConsumedCapacity(text(request, "ReturnConsumedCapacity"))
        .returnValuesOnConditionCheckFailure(text(request, "ReturnValuesOnConditionCheckFailure"))
        .build();
  }

  static BatchExecuteStatementRequest batch(JsonNode request) {
    List<BatchStatementRequest> statements = new ArrayList<>();
    for (JsonNode each : request.get("Statements")) {
      statements.add(
          BatchStatementRequest.builder()
              .statement(text(each, "Statement"))
              .parameters(member(each, "Parameters", AttributeValues::listOf))
              .consistentRead(member(each, "ConsistentRead", JsonNode::asBoolean))
              .returnValuesOnConditionCheckFailure(
                  text(each, "ReturnValuesOnConditionCheckFailure"))
              .build());
    }
    return BatchExecuteStatementRequest.builder()
        .statements(statements)
        .returnConsumedCapacity(text(request, "ReturnConsumedCapacity"))
        .build();
  }

  static ExecuteTransactionRequest transaction(JsonNode request) {
    List<ParameterizedStatement> statements = new ArrayList<>();
    for (JsonNode each : request.get("TransactStatements")) {
      statements.add(
          ParameterizedStatement.builder()
              .statement(text(each, "Statement"))
              .parameters(member(each, "Parameters", AttributeValues::listOf))
              .returnValuesOnConditionCheckFailure(
                  text(each, "ReturnValuesOnConditionCheckFailure"))
              .build());
    }
    return ExecuteTransactionRequest.builder()
        .transactStatements(statements)
        .clientRequestToken(text(request, "ClientRequestToken"))
        .returnConsumedCapacity(text(request, "ReturnConsumedCapacity"))
        .build();
  }

  private static String text(JsonNode object, String name) {
    return member(object, name, JsonNode::asText);
  }

  private static <Value> Value member(
      JsonNode object, String name, Function<JsonNode, Value> valueOf) {
    JsonNode member = object.get(name);
    return member == null ? null : valueOf.apply(member);
  }
}
