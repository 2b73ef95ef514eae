package dynatom.clients;

import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBAttribute;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBHashKey;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBTable;
import java.util.ArrayList;
import java.util.List;

/** Somebody with coins and an inventory of what they bought. */
@DynamoDBTable(tableName = "players")
public class Player {
  private String id;
  private int coins;
  private List<String> inventory = new ArrayList<>();

  public Player() {}

  public Player(String id, int coins) {
    this.id = id;
    this.coins = coins;
  }

  @DynamoDBHashKey
  public String getId() {
    return id;
  }

  public void setId(String id) {
    this.id = id;
  }

  @DynamoDBAttribute
  public int getCoins() {
    return coins;
  }

  public void setCoins(int coins) {
    this.coins = coins;
  }

  @DynamoDBAttribute
  public List<String> getInventory() {
    return inventory;
  }

  public void setInventory(List<String> inventory) {
    this.inventory = inventory;
  }
}
