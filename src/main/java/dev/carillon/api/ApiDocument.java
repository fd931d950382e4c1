package dev.carillon.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The OpenAPI document, as it was written and as JSON. */
final class ApiDocument {
    private static final Logger LOG = LoggerFactory.getLogger(ApiDocument.class);
    private static final String RESOURCE = "/openapi.yaml";

    private final Buffer yaml;
    private final Buffer json;

    private ApiDocument(byte[] yaml, byte[] json) {
        this.yaml = Buffer.buffer(yaml);
        this.json = Buffer.buffer(json);
    }

    /** @throws UncheckedIOException if the jar does not hold it or it is no YAML */
    static ApiDocument load() {
        try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException(RESOURCE + " is missing from the class path");
            }
            byte[] yaml = in.readAllBytes();
            JsonNode document = new YAMLMapper().readTree(yaml);
            return new ApiDocument(yaml, new ObjectMapper().writeValueAsBytes(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void mount(Router router) {
        router.get("/api/openapi.yaml").handler(http -> send(http, "application/yaml", yaml));
        router.get("/api/openapi.json").handler(http -> send(http, "application/json", json));
    }

    private static void send(RoutingContext http, String type, Buffer document) {
        http.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .end(document)
                .onFailure(gone -> LOG.debug("the caller did not wait for the document", gone));
    }
}
