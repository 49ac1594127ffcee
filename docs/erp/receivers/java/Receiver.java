import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives Flowstate's webhooks: verifies each one, books each document once. Made to be copied; JDK 11 or newer, nothing
 * but its own classes.
 *
 * <pre>PORT=8080 WEBHOOK_SECRET=whsec_... java Receiver.java</pre>
 *
 * While a secret is changed, WEBHOOK_SECRET holds the old one and the new one, separated by a space. TLS ends in front of
 * this process. What is done here and why: ../../README.md.
 */
public final class Receiver {
    /** A request that somebody recorded cannot be sent again later. */
    private static final long TOLERANCE_SECONDS = 5 * 60;
    /** Flowstate sends less. What is larger comes from somebody else, and is not worth the memory. */
    private static final int MAX_BODY_BYTES = 20 * 1024 * 1024;
    /** For one request with its body, so that nobody holds threads by trickling. */
    private static final String REQUEST_LIMIT_SECONDS = "30";
    private static final int THREADS = 16;
    /** Connections that wait to be accepted: deliveries come in bursts. */
    private static final int BACKLOG = 128;

    private static final List<byte[]> KEYS = new ArrayList<>();
    private static final Set<String> BOOKED = new HashSet<>();

    public static void main(String[] arguments) throws IOException {
        for (String secret : environment("WEBHOOK_SECRET", "").trim().split("\\s+")) KEYS.add(keyOf(secret));
        System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_LIMIT_SECONDS);
        int port = Integer.parseInt(environment("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), BACKLOG);
        server.createContext("/", Receiver::handle);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    private static void handle(HttpExchange exchange) throws IOException {
        int status;
        try {
            status = receive(exchange);
        } catch (Exception error) {
            // Whatever went wrong here may go right later: with a 5xx Flowstate tries again.
            System.err.println("failed: " + error.getClass().getName());
            status = 500;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** Takes one delivery and says what to answer. */
    private static int receive(HttpExchange exchange) throws IOException, GeneralSecurityException {
        if (!exchange.getRequestMethod().equals("POST")) return 405;
        Headers headers = exchange.getRequestHeaders();
        String length = header(headers, "content-length");
        if (!length.matches("[0-9]{1,18}")) return 411;
        if (Long.parseLong(length) > MAX_BODY_BYTES) return 413;
        // The signature is over these very bytes: verify first, parse afterwards, never the other way round.
        byte[] body = exchange.getRequestBody().readAllBytes();
        String id = verifiedId(headers, body);
        if (id == null) return 401;
        Map<?, ?> payload = jsonObject(body);
        if (payload == null) return 400;
        if (!"flowstate.ping".equals(payload.get("type"))) bookOnce(id, payload);
        return 204;
    }

    /** The webhook-id, which is the document's id, of a delivery that comes from Flowstate and is fresh; or null. */
    private static String verifiedId(Headers headers, byte[] body) throws GeneralSecurityException {
        String id = header(headers, "webhook-id");
        String timestamp = header(headers, "webhook-timestamp");
        if (id.isEmpty() || !timestamp.matches("[0-9]{1,12}")) return null;
        long ageSeconds = System.currentTimeMillis() / 1000 - Long.parseLong(timestamp);
        if (Math.abs(ageSeconds) > TOLERANCE_SECONDS) return null;
        // While Flowstate's secret is changed there are several; those of other versions (v1a) match nothing.
        String[] presented = header(headers, "webhook-signature").split(" ");
        for (byte[] key : KEYS) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            String ours = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
            byte[] expected = ours.getBytes(StandardCharsets.UTF_8);
            for (String signature : presented) {
                // Takes the same time wherever the two differ, so that a signature cannot be guessed byte by byte.
                if (MessageDigest.isEqual(signature.getBytes(StandardCharsets.UTF_8), expected)) return id;
            }
        }
        return null;
    }

    /**
     * The same document can come several times, even at the same time, and days apart. In your system this is one
     * transaction, in place of the lock and the set:
     *
     * <pre>
     * insert into flowstate_deliveries (webhook_id) values (...)    -- unique; it is there already: roll back, answer 2xx
     * ... the booking, from payload.data.extraction ...
     * commit                                                      -- only now answer 2xx
     * </pre>
     *
     * Keep the ids as long as what was booked. Throw when it cannot be booked now: the answer is 500, and it comes again.
     */
    private static synchronized void bookOnce(String id, Map<?, ?> payload) {
        if (BOOKED.contains(id)) return;
        System.out.println("booked " + id);
        BOOKED.add(id);
    }

    /** The key of a whsec_ secret: base64 of 24 to 64 bytes. */
    private static byte[] keyOf(String secret) {
        byte[] key = {};
        try {
            if (secret.startsWith("whsec_")) key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        } catch (IllegalArgumentException notBase64) {
            // Refused below, without quoting it.
        }
        if (key.length < 24 || key.length > 64) {
            System.err.println("WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64 bytes");
            System.exit(1);
        }
        return key;
    }

    private static String header(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }

    private static String environment(String name, String fallback) {
        String value = System.getenv(name);
        return value == null ? fallback : value;
    }

    private static Map<?, ?> jsonObject(byte[] body) {
        try {
            // Throws on bytes that are not UTF-8, which new String(...) would replace silently.
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            Object value = new Json(text).read();
            return value instanceof Map ? (Map<?, ?>) value : null;
        } catch (CharacterCodingException | IllegalArgumentException notJson) {
            return null;
        }
    }

    /** JSON (RFC 8259), because the JDK has no reader. Yours is better: Jackson, Gson, JSON-P. Numbers become BigDecimal. */
    private static final class Json {
        /** A payload has about ten levels; each one here costs a stack frame. */
        private static final int MAX_DEPTH = 100;
        private static final String NUMBER = "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?";
        /** Stands for the end of the text; no character that means anything in JSON. */
        private static final char END = '\0';

        private final String text;
        private int at = 0;

        Json(String text) {
            this.text = text;
        }

        Object read() {
            Object value = value(0);
            peek();
            if (at < text.length()) throw broken();
            return value;
        }

        private Object value(int depth) {
            if (depth > MAX_DEPTH) throw broken();
            char first = peek();
            if (first == '{') return object(depth);
            if (first == '[') return array(depth);
            if (first == '"') return string();
            if (word("true")) return true;
            if (word("false")) return false;
            if (word("null")) return null;
            int end = at;
            while (end < text.length() && "+-.0123456789eE".indexOf(text.charAt(end)) >= 0) end++;
            String number = text.substring(at, end);
            if (!number.matches(NUMBER)) throw broken();
            at = end;
            return new BigDecimal(number);
        }

        private Map<String, Object> object(int depth) {
            Map<String, Object> members = new LinkedHashMap<>();
            at++;
            if (took('}')) return members;
            do {
                if (peek() != '"') throw broken();
                String name = string();
                if (!took(':')) throw broken();
                members.put(name, value(depth + 1));
            } while (took(','));
            if (!took('}')) throw broken();
            return members;
        }

        private List<Object> array(int depth) {
            List<Object> items = new ArrayList<>();
            at++;
            if (took(']')) return items;
            do items.add(value(depth + 1)); while (took(','));
            if (!took(']')) throw broken();
            return items;
        }

        private String string() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c < ' ') throw broken();
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                value.append(c == '\\' ? escaped() : c);
            }
            throw broken();
        }

        private char escaped() {
            at++;
            int plain = at < text.length() ? "\"\\/bfnrt".indexOf(text.charAt(at)) : -1;
            if (plain >= 0) return "\"\\/\b\f\n\r\t".charAt(plain);
            String escape = text.substring(Math.min(at, text.length()), Math.min(at + 5, text.length()));
            if (!escape.matches("u[0-9a-fA-F]{4}")) throw broken();
            at += 4;
            return (char) Integer.parseInt(escape.substring(1), 16);
        }

        /** The next character that is not white space, which stays. */
        private char peek() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) at++;
            return at < text.length() ? text.charAt(at) : END;
        }

        private boolean took(char wanted) {
            if (peek() != wanted) return false;
            at++;
            return true;
        }

        private boolean word(String wanted) {
            if (!text.startsWith(wanted, at)) return false;
            at += wanted.length();
            return true;
        }

        private IllegalArgumentException broken() {
            return new IllegalArgumentException("not JSON");
        }
    }
}
