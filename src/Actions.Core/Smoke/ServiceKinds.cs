using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Runner;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>Reads the checks of services: http, websocket, metrics, and results of other tools.</summary>
internal static class ServiceKinds
{
    private const int MostStatus = 599;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>What the HTTP client decides, or what would let one request pass for two.</summary>
    private static readonly string[] ReservedHeaders = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer"];

    public static SmokeKind? Http(SpecMap map, AssertionReader assertions, SpecSources sources)
    {
        var url = Url(map, sources, socket: false);
        var method = map.Choice("method", Methods) ?? "GET";
        var headers = Headers(map, sources);
        var body = Body(map, "body", sources);
        var http = new SmokeKind.Http(url!)
        {
            Method = method,
            Headers = headers,
            Body = body,
            Status = Status(map),
            Json = assertions.Paths(map, "json"),
            Text = assertions.One(map, "text"),
            HeadersMatch = assertions.Named(map, "headers-match"),
            MaxLatency = map.Duration("max-latency", LongestWait),
            TlsDays = (int?)map.Number("tls-days", 0, 3650),
        };
        if (body is not null && method is "GET" or "HEAD")
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputConflict, $"no body with {method} in {map.About}", "one", "say 'method: POST', or remove the body");
        }

        if (http.TlsDays is not null && url is { Uri.Scheme: "http" })
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputConflict, $"an https URL beside 'tls-days' in {map.About}", "http, which has no certificate", "remove tls-days");
        }

        return url is null ? null : http;
    }

    public static SmokeKind? WebSocket(SpecMap map, AssertionReader assertions, SpecSources sources)
    {
        var url = Url(map, sources, socket: true);
        var (send, message, within) = (Body(map, "send", sources), assertions.Paths(map, "message"), map.Duration("within", LongestWait));
        return url is null ? null : new SmokeKind.WebSocket(url) { Send = send?.Content, Message = message, Within = within };
    }

    public static SmokeKind? Metrics(SpecMap map, AssertionReader assertions, SpecSources sources)
    {
        map.Require("name", "the metric");
        var (url, name, labels) = (Url(map, sources, socket: false), map.Text("name"), Labels(map));
        var (rate, value, over) = (assertions.One(map, "rate"), assertions.One(map, "value"), map.Duration("over", LongestWait));
        if (rate is null == value is null)
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputInvalid, $"either 'rate' or 'value' in {map.About}", rate is null ? "neither" : "both", "say what the metric must be, or how fast it must change");
        }

        if (rate is not null && over is null)
        {
            map.Yaml.Complain(map.Node, FaultCodes.InputMissing, $"'over' beside 'rate' in {map.About}", "none", "say how far apart the two scrapes are, for example 'over: 1m'");
        }

        return url is null || name is null ? null : new SmokeKind.Metrics(url, name, labels) { Rate = rate, Value = value, Over = over };
    }

    public static SmokeKind? Result(SpecMap map, SpecSources sources)
    {
        map.Require("file", "the result another step wrote");
        map.Require("format", "junit or k6");
        var (path, format, least) = (map.Text("file"), map.Choice("format", "junit", "k6"), map.Number("min-tests", 0, 10_000_000));
        if (path is null)
        {
            return null;
        }

        var file = WorkspacePath.Resolve(sources.Environment, path, "spec");
        map.Yaml.Adopt(map.Take("file")!, file.Faults);
        return file.IsOk && format is not null ? new SmokeKind.Result(file.Value, format == "k6" ? ResultFormat.K6 : ResultFormat.Junit, (int)(least ?? 0)) : null;
    }

    private static SmokeUrl? Url(SpecMap map, SpecSources sources, bool socket)
    {
        map.Require("url", "where to look");
        if (map.Text("url") is not { } text)
        {
            return null;
        }

        var resolved = sources.Secrets.Resolve(text);
        map.Yaml.Adopt(map.Take("url")!, resolved.Faults);
        if (!resolved.IsOk)
        {
            return null;
        }

        var url = SmokeUrl.Parse(resolved.Value.Text, resolved.Value.IsSecret, socket, sources.Masker);
        map.Yaml.Adopt(map.Take("url")!, url.Faults);
        if (url is { IsOk: true, Value.Uri.IsLoopback: true } && sources.Environment.InContainerAction)
        {
            map.Yaml.Complain(
                map.Take("url")!, FaultCodes.LoopbackInContainer, $"a service that this container can reach in 'url' of {map.About}", $"{url.Value}, which is the container itself",
                "run it as a service container of the job and use its host name");
        }

        return url.IsOk ? url.Value : null;
    }

    private static List<KeyValuePair<string, string>> Headers(SpecMap map, SpecSources sources)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (map.Map("headers") is not { } given)
        {
            return headers;
        }

        foreach (var (name, node) in given.Pairs())
        {
            if (name.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.')) || ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                given.Wrong(given.KeyOf(name), $"the name of a header that a check may set in {given.About}", $"remove it; {string.Join(", ", ReservedHeaders)} are the client's");
            }
            else if (Resolved(given, node, name, sources) is { } value)
            {
                if (value.Any(char.IsControl))
                {
                    given.Yaml.Complain(node, FaultCodes.InputInvalid, $"one line in '{name}' of {given.About}", "control characters", "remove them");
                    continue;
                }

                sources.Secrets.MaskHeader(name, value);
                headers.Add(new(name, value));
            }
        }

        return headers;
    }

    private static Dictionary<string, string> Labels(SpecMap map)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (map.Map("labels") is { } given)
        {
            foreach (var (name, node) in given.Pairs())
            {
                labels[name] = given.TextOf(node, name) ?? "";
            }
        }

        return labels;
    }

    /// <summary>A text as it is; anything else as JSON.</summary>
    private static HttpBody? Body(SpecMap map, string key, SpecSources sources)
    {
        if (map.Take(key) is not { } node)
        {
            return null;
        }

        if (SpecValues.ToValue(node) is SmokeValue.Text text)
        {
            var value = Resolved(map, node, key, sources) ?? text.Value;
            return new HttpBody(Encoding.UTF8.GetBytes(value), value.TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain");
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            SpecValues.Write(node, json, word =>
            {
                var resolved = sources.Secrets.Resolve(word);
                map.Yaml.Adopt(node, resolved.Faults);
                return resolved.IsOk ? resolved.Value.Text : "";
            });
        }

        return new HttpBody(buffer.WrittenMemory.ToArray(), "application/json");
    }

    private static string? Resolved(SpecMap map, YamlNode node, string name, SpecSources sources)
    {
        if (map.TextOf(node, name) is not { } text)
        {
            return null;
        }

        var resolved = sources.Secrets.Resolve(text);
        map.Yaml.Adopt(node, resolved.Faults);
        return resolved.IsOk ? resolved.Value.Text : null;
    }

    private static List<int> Status(SpecMap map)
    {
        var status = new List<int>();
        foreach (var word in map.Words("status"))
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= MostStatus)
            {
                status.Add(code);
            }
            else
            {
                map.Wrong(map.Take("status")!, $"status codes from 100 to {MostStatus} in 'status' of {map.About}", "give for example 200, or [200, 204]");
            }
        }

        if (map.Take("status") is YamlSequenceNode { Children.Count: 0 } empty)
        {
            map.Wrong(empty, $"at least one status code in 'status' of {map.About}", "give for example 200, or remove the key");
        }

        return status;
    }
}
