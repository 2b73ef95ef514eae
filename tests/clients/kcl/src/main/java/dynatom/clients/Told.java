package dynatom.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** The lines of JSON on the standard output. */
final class Told {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Told() {}

  static void event(String name) {
    event(name, Map.of());
  }

  /** One line, written as a whole before this returns. */
  static void event(String name, Map<String, Object> details) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event", name);
    event.putAll(details);
    try {
      String line = MAPPER.writeValueAsString(event);
      synchronized (System.out) {
        System.out.println(line);
        System.out.flush();
      }
    } catch (JsonProcessingException error) {
      throw new IllegalStateException(error);
    }
  }
}
