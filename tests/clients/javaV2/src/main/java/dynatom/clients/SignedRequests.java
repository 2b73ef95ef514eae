package dynatom.clients;

import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/**
 * An item written and read with the SDK for Java v2, by the key of the environment. Prints what was read, or
 * the error and its text, as a line of JSON.
 */
public final class SignedRequests {
  private static final String TABLE = "Signed";

  private SignedRequests() {}

  public static void main(String[] arguments) {
    String text = arguments[1];
    Map<String, AttributeValue> key = Map.of("id", AttributeValue.fromS(text));
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(each -> each.retryStrategy(retry -> retry.maxAttempts(1)))
            .build()) {
      client.putItem(request -> request.tableName(TABLE).item(key));
      Map<String, AttributeValue> read =
          client.getItem(request -> request.tableName(TABLE).key(key)).item();
      print("id", read.get("id").s(), "message", "");
    } catch (DynamoDbException error) {
      print("error", error.awsErrorDetails().errorCode(), "message", error.awsErrorDetails().errorMessage());
    } catch (SdkException error) {
      print("error", error.getClass().getSimpleName(), "message", String.valueOf(error.getMessage()));
    }
  }

  private static void print(String name, String value, String other, String otherValue) {
    System.out.printf("{%s:%s,%s:%s}%n", quoted(name), quoted(value), quoted(other), quoted(otherValue));
  }

  /** A text as JSON, in ASCII. */
  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      boolean isPlain = unit >= ' ' && unit < 0x7f && unit != '"' && unit != '\\';
      json.append(isPlain ? String.valueOf(unit) : String.format("\\u%04x", (int) unit));
    }
    return json.append('"').toString();
  }
}
