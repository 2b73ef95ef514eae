package dynatom.clients;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Attribute values of the SDK from JSON and as JSON, where bytes are in base64. */
final class AttributeValues {
  private AttributeValues() {}

  static List<AttributeValue> listOf(JsonNode values) {
    List<AttributeValue> list = new ArrayList<>();
    values.forEach(value -> list.add(of(value)));
    return list;
  }

  private static AttributeValue of(JsonNode value) {
    String type = value.fieldNames().next();
    JsonNode content = value.get(type);
    switch (type) {
      case "S":
        return AttributeValue.fromS(content.asText());
      case "N":
        return AttributeValue.fromN(content.asText());
      case "B":
        return AttributeValue.fromB(bytes(content.asText()));
      case "BOOL":
        return AttributeValue.fromBool(content.asBoolean());
      case "NULL":
        return AttributeValue.fromNul(content.asBoolean());
      case "SS":
        return AttributeValue.fromSs(texts(content));
      case "NS":
        return AttributeValue.fromNs(texts(content));
      case "BS":
        return AttributeValue.fromBs(
            texts(content).stream().map(AttributeValues::bytes).collect(Collectors.toList()));
      case "L":
        return AttributeValue.fromL(listOf(content));
      case "M":
        Map<String, AttributeValue> map = new LinkedHashMap<>();
        content.fields().forEachRemaining(each -> map.put(each.getKey(), of(each.getValue())));
        return AttributeValue.fromM(map);
      default:
        throw new IllegalArgumentException(type);
    }
  }

  private static SdkBytes bytes(String base64) {
    return SdkBytes.fromByteArray(Base64.getDecoder().decode(base64));
  }

  private static List<String> texts(JsonNode values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(value.asText()));
    return texts;
  }

  static Map<String, Object> json(Map<String, AttributeValue> item) {
    Map<String, Object> json = new LinkedHashMap<>();
    item.forEach((name, value) -> json.put(name, json(value)));
    return json;
  }

  private static Map<String, Object> json(AttributeValue value) {
    String type = value.type() == AttributeValue.Type.NUL ? "NULL" : value.type().toString();
    return Map.of(type, content(value));
  }

  private static Object content(AttributeValue value) {
    switch (value.type()) {
      case S:
        return value.s();
      case N:
        return value.n();
      case B:
        return base64(value.b());
      case BOOL:
        return value.bool();
      case NUL:
        return value.nul();
      case SS:
        return value.ss();
      case NS:
        return value.ns();
      case BS:
        return value.bs().stream().map(AttributeValues::base64).collect(Collectors.toList());
      case L:
        return value.l().stream().map(AttributeValues::json).collect(Collectors.toList());
      case M:
        return json(value.m());
      default:
        throw new IllegalArgumentException(value.toString());
    }
  }

  private static String base64(SdkBytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.asByteArray());
  }
}
