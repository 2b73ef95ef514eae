package dynatom.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.SearchSchemaElement;
import software.amazon.awssdk.services.dynamodb.model.SearchSchemaElementType;
import software.amazon.awssdk.services.dynamodb.model.SearchVectorsRequest;
import software.amazon.awssdk.services.dynamodb.model.SearchVectorsResponse;
import software.amazon.awssdk.services.dynamodb.model.VectorDistanceFunction;
import software.amazon.awssdk.services.dynamodb.model.VectorIndex;
import software.amazon.awssdk.services.dynamodb.model.VectorIndexDescription;

/** A vector index of pictures: created, written, searched, filtered and deleted. */
public final class Vectors {
  private final DynamoDbClient client;
  private final String table;

  private Vectors(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  public static void main(String[] args) throws Exception {
    DynamoDbClient client =
        DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    Map<String, Object> result = new Vectors(client, args[0]).play();
    System.out.println(new ObjectMapper().writeValueAsString(result));
  }

  private Map<String, Object> play() throws InterruptedException {
    create();
    VectorIndexDescription index = indexes().get(0);
    put("beach", "sea", 2024, "1", "0", "0");
    put("harbour", "sea", 2025, "0.5", "0.5", "0");
    put("storm", "sea", 2025, "0", "0", "2");
    put("summit", "hills", 2025, "1", "0", "0.25");
    DynamoDbException refused = failureOf(() -> put("short", "sea", 2025, "1", "2"));
    SearchVectorsResponse album =
        client.searchVectors(
            search()
                .searchConditionExpression("album = :album")
                .expressionAttributeValues(Map.of(":album", AttributeValue.fromS("sea")))
                .build());
    SearchVectorsResponse year =
        client.searchVectors(
            search()
                .searchConditionExpression("album = :album AND #year = :year")
                .expressionAttributeNames(Map.of("#year", "year"))
                .expressionAttributeValues(
                    Map.of(
                        ":album", AttributeValue.fromS("sea"),
                        ":year", AttributeValue.fromN("2025")))
                .build());
    DynamoDbException unscoped = failureOf(() -> client.searchVectors(search().build()));
    client.updateTable(
        update ->
            update
                .tableName(table)
                .vectorIndexUpdates(change -> change.delete(gone -> gone.indexName("byLooks"))));
    for (int i = 0; i < 100 && !indexes().isEmpty(); i++) Thread.sleep(50);
    int left = indexes().size();
    client.deleteTable(deletion -> deletion.tableName(table));

    Map<String, Object> result = new LinkedHashMap<>();
    result.put(
        "index",
        List.of(
            index.indexName(),
            index.indexStatusAsString(),
            index.dimensions(),
            index.distanceFunctionAsString()));
    result.put("refused", List.of(refused.awsErrorDetails().errorCode(), messageOf(refused)));
    result.put("album", shown(album));
    result.put("year", shown(year));
    result.put("searchBytes", album.consumedCapacity().vectorSearchRequestBytes().intValue());
    result.put("unscoped", messageOf(unscoped));
    result.put("left", left);
    return result;
  }

  private void create() {
    VectorIndex index =
        VectorIndex.builder()
            .indexName("byLooks")
            .vectorAttribute(vector -> vector.attributeName("looks"))
            .dimensions(3L)
            .distanceFunction(VectorDistanceFunction.EUCLIDEAN)
            .searchSchema(
                searched("album", SearchSchemaElementType.HASH),
                searched("year", SearchSchemaElementType.INLINE_FILTER))
            .projection(projection -> projection.projectionType(ProjectionType.ALL))
            .build();
    client.createTable(
        creation ->
            creation
                .tableName(table)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build())
                .attributeDefinitions(
                    defined("id", ScalarAttributeType.S),
                    defined("album", ScalarAttributeType.S),
                    defined("year", ScalarAttributeType.N))
                .vectorIndexes(index));
  }

  private static SearchSchemaElement searched(String name, SearchSchemaElementType type) {
    return SearchSchemaElement.builder()
        .attributeName(name)
        .searchSchemaElementType(type)
        .build();
  }

  private static AttributeDefinition defined(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private List<VectorIndexDescription> indexes() {
    return client.describeTable(description -> description.tableName(table)).table().vectorIndexes();
  }

  private void put(String id, String album, int year, String... looks) {
    client.putItem(
        put ->
            put.tableName(table)
                .item(
                    Map.of(
                        "id", AttributeValue.fromS(id),
                        "album", AttributeValue.fromS(album),
                        "year", AttributeValue.fromN(Integer.toString(year)),
                        "looks", AttributeValue.fromL(numbers(looks)))));
  }

  private static List<AttributeValue> numbers(String... numbers) {
    List<AttributeValue> values = new ArrayList<>();
    for (String number : numbers) values.add(AttributeValue.fromN(number));
    return values;
  }

  private SearchVectorsRequest.Builder search() {
    return SearchVectorsRequest.builder()
        .tableName(table)
        .indexName("byLooks")
        .searchVector(numbers("1", "0", "0"))
        .topK(10)
        .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL);
  }

  private static List<List<Object>> shown(SearchVectorsResponse response) {
    List<List<Object>> shown = new ArrayList<>();
    response
        .searchResults()
        .forEach(
            found ->
                shown.add(
                    List.of(
                        found.item().get("id").s(), Math.round(found.score() * 1e5) / 1e5)));
    return shown;
  }

  private static DynamoDbException failureOf(Runnable request) {
    try {
      request.run();
    } catch (DynamoDbException error) {
      return error;
    }
    throw new AssertionError("nothing was refused");
  }

  private static String messageOf(DynamoDbException error) {
    return error.awsErrorDetails().errorMessage();
  }
}
