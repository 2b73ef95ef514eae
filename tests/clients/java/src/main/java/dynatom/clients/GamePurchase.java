package dynatom.clients;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBMapper;
import com.amazonaws.services.dynamodbv2.model.BillingMode;
import com.amazonaws.services.dynamodbv2.model.CreateTableRequest;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The game purchase with DynamoDBMapper. The argument is the phase: `purchase` creates and fills
 * the tables and plays the purchase and its refusals, `race` lets one player buy many items at
 * once, `look` only reads. Prints the JSON of what it loaded and was told.
 */
public final class GamePurchase {
  private static final int IN_FLIGHT = 32;
  private static final int MAX_ROUNDS = 60;
  private static final int MAX_POLLS = 200;
  private static final int POLL_MS = 50;

  private final AmazonDynamoDB dynamoDb;
  private final DynamoDBMapper mapper;
  private final Shop shop;

  private GamePurchase(String endpoint) {
    dynamoDb =
        AmazonDynamoDBClientBuilder.standard()
            .withEndpointConfiguration(new EndpointConfiguration(endpoint, "us-east-1"))
            .withCredentials(
                new AWSStaticCredentialsProvider(new BasicAWSCredentials("clients", "clients")))
            .withClientConfiguration(
                new ClientConfiguration().withMaxConnections(IN_FLIGHT).withMaxErrorRetry(0))
            .build();
    mapper = new DynamoDBMapper(dynamoDb);
    shop = new Shop(mapper);
  }

  private void createTable(Class<?> mapped) throws InterruptedException {
    CreateTableRequest request =
        mapper.generateCreateTableRequest(mapped).withBillingMode(BillingMode.PAY_PER_REQUEST);
    dynamoDb.createTable(request);
    for (int polls = 0; polls < MAX_POLLS; polls += 1) {
      String status = dynamoDb.describeTable(request.getTableName()).getTable().getTableStatus();
      if (status.equals("ACTIVE")) {
        return;
      }
      Thread.sleep(POLL_MS);
    }
    throw new IllegalStateException(request.getTableName() + " did not become ACTIVE");
  }

  private Map<String, Object> purchase() throws InterruptedException {
    createTable(Item.class);
    createTable(Player.class);
    Item sword = new Item("sword", 30);
    Item shield = new Item("shield", 80);
    Player alice = new Player("alice", 100);
    Player bob = new Player("bob", 5);
    for (Object each : List.of(sword, shield, alice, bob)) {
      mapper.save(each);
    }

    Map<String, Object> played = new LinkedHashMap<>();
    played.put("before", shop.load("sword", "alice"));
    played.put("bought", shop.buy(sword, alice));
    List<Object> after = shop.load("sword", "alice");
    played.put("after", after);
    played.put("soldAlready", shop.buy(sword, (Player) after.get(1)));
    played.put("tooExpensive", shop.buy(shield, bob));
    played.put("both", shop.buy(sword, bob));
    played.put("missing", shop.load("no such item", "bob"));
    return played;
  }

  /** One player buys IN_FLIGHT items at once, each with what was loaded before. */
  private Map<String, Object> raceRound(ExecutorService threads, int number) throws Exception {
    String playerId = "player-" + number;
    Player player = new Player(playerId, 100);
    mapper.save(player);
    List<Item> items = new ArrayList<>();
    for (int index = 0; index < IN_FLIGHT; index += 1) {
      Item item = new Item("item-" + number + "-" + index, 1);
      mapper.save(item);
      items.add(item);
    }

    CyclicBarrier start = new CyclicBarrier(IN_FLIGHT);
    List<Future<Map<String, Object>>> purchases = new ArrayList<>();
    for (Item item : items) {
      purchases.add(
          threads.submit(
              () -> {
                start.await();
                return shop.buy(item, player);
              }));
    }
    List<Map<String, Object>> outcomes = new ArrayList<>();
    for (Future<Map<String, Object>> purchase : purchases) {
      outcomes.add(purchase.get());
    }

    List<Object> stored = new ArrayList<>();
    for (Item item : items) {
      stored.add(mapper.load(item).getOwnedBy());
    }
    Map<String, Object> round = new LinkedHashMap<>();
    round.put("player", mapper.load(player));
    round.put("outcomes", outcomes);
    round.put("ownedBy", stored);
    return round;
  }

  /** Rounds until one of them showed a conflict, in a bounded number. */
  private List<Map<String, Object>> race() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(IN_FLIGHT);
    try {
      List<Map<String, Object>> rounds = new ArrayList<>();
      boolean seen = false;
      while (!seen && rounds.size() < MAX_ROUNDS) {
        Map<String, Object> round = raceRound(threads, rounds.size());
        rounds.add(round);
        seen = round.get("outcomes").toString().contains("TransactionConflict");
      }
      return rounds;
    } finally {
      threads.shutdownNow();
    }
  }

  private Object play(String phase) throws Exception {
    switch (phase) {
      case "purchase":
        return purchase();
      case "race":
        return race();
      case "look":
        return List.of(shop.load("sword", "alice"), shop.load("shield", "bob"));
      default:
        throw new IllegalArgumentException(phase);
    }
  }

  public static void main(String[] args) throws Exception {
    GamePurchase game = new GamePurchase(System.getenv("AWS_ENDPOINT_URL_DYNAMODB"));
    Object result = game.play(args[0]);
    System.out.println(new ObjectMapper().writeValueAsString(result));
    game.dynamoDb.shutdown();
  }
}
