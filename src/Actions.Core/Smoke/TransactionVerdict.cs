using System.Globalization;
using System.Text.Json;
using Actions.Core.Rpc;
using Actions.Core.Runner;

namespace Actions.Core.Smoke;

/// <summary>Judges how a simulation ended.</summary>
public static class TransactionVerdict
{
    private const int MostShown = 5;

    public static void Judge(SmokeKind.Transaction expected, Simulation found, AssertionCheck check)
    {
        if (expected.ExpectsError != (found.Error is not null))
        {
            check.Complain(expected.ExpectsError ? "the simulation to end in an error" : "the simulation to succeed", found.Error is { } error ? $"{Quote(error)}{LastLogs(found.Logs)}" : "that it succeeded");
        }

        if (expected.Error is { } assertion && found.Error is { } raw)
        {
            // Any name or number in the error can be meant: {"InstructionError":[0,{"Custom":6001}]} is also 6001.
            check.HoldAny("the error", assertion, [new SmokeValue.Text(raw), .. Leaves(raw)]);
        }

        foreach (var text in expected.LogTexts.Where(text => !found.Logs.Any(line => line.Contains(text, StringComparison.Ordinal))))
        {
            check.Complain($"a log line with {Quote(text)}", $"{found.Logs.Count} lines without it{LastLogs(found.Logs)}");
        }

        if (expected.Logs is { } logs)
        {
            check.Hold("the logs", logs, logs is { Every: null, Any: null }
                ? Selection.Of(string.Join('\n', found.Logs))
                : Selection.Of(new SmokeValue.List([.. found.Logs.Select(line => new SmokeValue.Text(line))])));
        }
    }

    private static IEnumerable<SmokeValue> Leaves(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. Leaves(document.RootElement)];
        }
        catch (JsonException)
        {
            return []; // cut off because it was too long
        }
    }

    /// <summary>The index of the instruction is no error code.</summary>
    private static IEnumerable<SmokeValue> Leaves(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Leaves(member.Value).Prepend(new SmokeValue.Text(member.Name))),
        JsonValueKind.Array => json.EnumerateArray().Where((item, index) => index > 0 || item.ValueKind != JsonValueKind.Number).SelectMany(Leaves),
        JsonValueKind.String or JsonValueKind.Number => [SmokeValue.From(json)],
        _ => [],
    };

    private static string LastLogs(IReadOnlyList<string> logs) => logs.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $"; the last logs: {string.Join(" | ", logs.TakeLast(MostShown).Select(line => PlainText.Bound(PlainText.CleanLine(PlainText.Bound(line, 1000)), 160)))}");

    private static string Quote(string text) => PlainText.Quote(text, 200);
}
