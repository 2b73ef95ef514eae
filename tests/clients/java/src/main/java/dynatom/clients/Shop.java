package dynatom.clients;

import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBMapper;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBTransactionWriteExpression;
import com.amazonaws.services.dynamodbv2.datamodeling.TransactionLoadRequest;
import com.amazonaws.services.dynamodbv2.datamodeling.TransactionWriteRequest;
import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.amazonaws.services.dynamodbv2.model.CancellationReason;
import com.amazonaws.services.dynamodbv2.model.TransactionCanceledException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Purchases with transactionWrite and transactional reads with transactionLoad. */
final class Shop {
  private final DynamoDBMapper mapper;

  Shop(DynamoDBMapper mapper) {
    this.mapper = mapper;
  }

  /** The item and the player at one point in time; null for what does not exist. */
  List<Object> load(String itemId, String playerId) {
    Item item = new Item();
    item.setId(itemId);
    Player player = new Player();
    player.setId(playerId);
    return mapper.transactionLoad(new TransactionLoadRequest().addLoad(item).addLoad(player));
  }

  /**
   * Buys what was loaded before: the item must be available still, and the player must have the
   * coins that were seen and enough of them. Gives null, or what the caller is told.
   */
  Map<String, Object> buy(Item seenItem, Player seenPlayer) {
    Item item = new Item(seenItem.getId(), seenItem.getPrice());
    item.setAvailable(false);
    item.setOwnedBy(seenPlayer.getId());
    Player player = new Player(seenPlayer.getId(), seenPlayer.getCoins() - seenItem.getPrice());
    List<String> inventory = new ArrayList<>(seenPlayer.getInventory());
    inventory.add(seenItem.getId());
    player.setInventory(inventory);

    DynamoDBTransactionWriteExpression isAvailable =
        new DynamoDBTransactionWriteExpression()
            .withConditionExpression("available = :true")
            .withExpressionAttributeValues(Map.of(":true", new AttributeValue().withBOOL(true)));
    DynamoDBTransactionWriteExpression hasCoins =
        new DynamoDBTransactionWriteExpression()
            .withConditionExpression("coins = :seen AND coins >= :price")
            .withExpressionAttributeValues(
                Map.of(":seen", number(seenPlayer.getCoins()), ":price", number(item.getPrice())));
    try {
      mapper.transactionWrite(
          new TransactionWriteRequest().addUpdate(item, isAvailable).addUpdate(player, hasCoins));
      return null;
    } catch (TransactionCanceledException error) {
      return told(error);
    }
  }

  private static AttributeValue number(int value) {
    return new AttributeValue().withN(Integer.toString(value));
  }

  private static Map<String, Object> told(TransactionCanceledException error) {
    List<String> reasons = new ArrayList<>();
    for (CancellationReason reason : error.getCancellationReasons()) {
      reasons.add(reason.getCode());
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("name", error.getErrorCode());
    told.put("message", error.getErrorMessage());
    told.put("reasons", reasons);
    return told;
  }
}
