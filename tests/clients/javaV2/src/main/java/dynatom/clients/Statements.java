package dynatom.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/**
 * Executes statements with the AWS SDK for Java v2, as it is asked: reads a line of JSON for each
 * request and prints one for each answer or failure.
 */
public final class Statements {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Statements() {}

  private static Map<String, Object> ask(DynamoDbClient client, JsonNode asked) {
    JsonNode request = asked.get("request");
    try {
      return Map.of("answer", answer(client, asked.get("operation").asText(), request));
    } catch (DynamoDbException error) {
      return Map.of("failure", Answers.failure(error));
    }
  }

  private static Map<String, Object> answer(
      DynamoDbClient client, String operation, JsonNode request) {
    switch (operation) {
      case "ExecuteStatement":
        return Answers.statement(client.executeStatement(Requests.statement(request)));
      case "BatchExecuteStatement":
        return Answers.batch(client.batchExecuteStatement(Requests.batch(request)));
      case "ExecuteTransaction":
        return Answers.transaction(client.executeTransaction(Requests.transaction(request)));
      default:
        throw new IllegalArgumentException(operation);
    }
  }

  public static void main(String[] args) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DynamoDbClient client =
        DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String told = JSON.writeValueAsString(ask(client, JSON.readTree(line)));
        System.out.write((told + "\n").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
      }
    }
  }
}
