package dev.carillon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * The HTTP API of a node, as commands call it: one blocking request at a time.
 *
 * @param url of the node, without a path
 * @param header that carries the credentials
 */
record NodeApi(String url, String header, String credentials) {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Calls one method.
     *
     * @return the answer as it came, one JSON object
     * @throws CommandFailure if the node cannot be reached or refuses
     */
    String call(String path, ObjectNode body) {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
        try {
            HttpResponse<String> answer = client.send(request(path, body.toString()), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw refused(answer);
            }
            return answer.body();
        } catch (HttpTimeoutException e) {
            throw new CommandFailure(
                    url + " did not answer in time: check the node's log", CarillonCommand.UNREACHABLE);
        } catch (ConnectException e) {
            throw new CommandFailure(
                    url + " cannot be reached: start a node there, or name another with --url",
                    CarillonCommand.UNREACHABLE);
        } catch (IOException e) {
            throw new CommandFailure(
                    url + " does not answer as a node does (" + e + "): check --url", CarillonCommand.UNREACHABLE);
        } catch (InterruptedException e) {
            throw new CommandFailure("interrupted");
        }
    }

    private HttpRequest request(String path, String body) {
        try {
            return HttpRequest.newBuilder(URI.create(url.replaceAll("/+$", "") + path))
                    .timeout(ANSWER_TIMEOUT)
                    .header("Content-Type", "application/json")
                    .header(header, credentials)
                    .POST(BodyPublishers.ofString(body))
                    .build();
        } catch (IllegalArgumentException e) {
            // The message may repeat the credentials.
            throw new CommandFailure(
                    "--url must look like " + ApiOptions.DEFAULT_URL + ", and keys must be plain text",
                    CarillonCommand.BAD_SETTING);
        }
    }

    private CommandFailure refused(HttpResponse<String> answer) {
        String cure =
                switch (answer.statusCode()) {
                    case 401 ->
                        ": give the node's key with --key, or --dev in the directory that the node was started in";
                    case 403 -> ": make a token with --scope carillon:api, or use a key";
                    case 429, 503, 504 -> ": try again; 'carillon nodes' tells how the cluster stands";
                    default -> "";
                };
        int exitCode =
                switch (answer.statusCode()) {
                    case 401, 403 -> CarillonCommand.NOT_ALLOWED;
                    case 429, 503, 504 -> CarillonCommand.NOT_NOW;
                    default -> CarillonCommand.FAILED;
                };
        return new CommandFailure(
                url + " answered " + answer.statusCode() + " " + message(answer.body()) + cure, exitCode);
    }

    private static String message(String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            return (error.path("code").asText() + " " + error.path("message").asText()).strip();
        } catch (JsonProcessingException e) {
            return "without a reason";
        }
    }
}
