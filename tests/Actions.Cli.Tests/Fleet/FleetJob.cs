using System.Text;
using System.Text.Json;
using Actions.Cli.Hosting;
using Actions.Cli.Tests.Tools;
using Actions.Core.Runner;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A workspace with a fleet file, in which `verify-program` runs over clusters in memory.</summary>
internal sealed class FleetJob : IDisposable
{
    public const string File = "fleet.yml";

    private readonly Dictionary<string, string> inputs = new() { ["programs"] = File, ["store"] = "file:store", ["ledger"] = "none", ["sarif-file"] = "fleet.sarif" };

    /// <summary>Of the job, beside its inputs.</summary>
    public Dictionary<string, string> Variables { get; } = new() { ["RUNNER_DEBUG"] = "1" };

    public Workspace Workspace { get; } = new();

    public ShiftedClock Clock { get; } = new();

    public MemoryHosts Hosts { get; } = new();

    public string SnapshotPath => Workspace.At("store/fleet/fleet.json");

    public FleetJob With(string input, string value)
    {
        inputs[input] = value;
        return this;
    }

    public FleetJob Declares(string yaml)
    {
        Workspace.Put(File, Encoding.UTF8.GetBytes(yaml));
        return this;
    }

    public async Task<FleetRun> RunAsync()
    {
        using var output = new StringWriter();
        var variables = inputs.Select(input => KeyValuePair.Create($"INPUT_{input.Key.ToUpperInvariant()}", input.Value)).Concat(Variables).ToDictionary();
        var environment = new RunnerEnvironment(variables, Workspace.Folder);
        var host = new ActionHost(environment, output, output, Clock, bytes => bytes.Clear(), () => Hosts);
        using var signals = new Signals();
        var exit = await host.RunAsync("verify-program", Composition.Actions["verify-program"], signals);
        var report = Directory.GetFiles(Workspace.At(".solana-actions/reports")).Single();
        using var json = JsonDocument.Parse(await System.IO.File.ReadAllBytesAsync(report));
        System.IO.File.Delete(report);
        return new FleetRun((int)exit, json.RootElement.Clone(), output.ToString());
    }

    /// <summary>What the SARIF file tells findings by.</summary>
    public IReadOnlyList<string> FindingIds()
    {
        using var sarif = JsonDocument.Parse(System.IO.File.ReadAllBytes(Workspace.At("fleet.sarif")));
        return [.. sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(result => result.GetProperty("partialFingerprints").GetProperty("findingId/v1").GetString()!)];
    }

    public void Dispose()
    {
        Workspace.Dispose();
        Hosts.Dispose();
    }
}

/// <summary>How a run over a fleet ended.</summary>
internal sealed record FleetRun(int Exit, JsonElement Report, string Log)
{
    /// <summary>Code, severity, and the kind of finding where it is one.</summary>
    public IReadOnlyList<string> Faults => [.. Report.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("code").GetString()!)];

    /// <summary>The kinds of the findings, in the order they were reported in.</summary>
    public IReadOnlyList<string> Findings =>
        [.. Report.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("found").GetString()!).Where(found => found.EndsWith(')')).Select(found => found[(found.LastIndexOf('(') + 1)..^1])];

    public string Output(string name) => Report.GetProperty("outputs").GetProperty(name).GetString()!;

    public string Message(int fault = 0) => Report.GetProperty("faults")[fault].GetProperty("expected").GetString() + "; " + Report.GetProperty("faults")[fault].GetProperty("found").GetString();

    public override string ToString() => $"exit {Exit}\n{Log}";
}

/// <summary>The real clock, some time later.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Later { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
}

/// <summary>Every host of a test's network.</summary>
internal sealed class MemoryHosts : HttpMessageHandler
{
    private readonly Dictionary<string, HttpMessageInvoker> hosts = [];

    public void Add(string host, HttpMessageHandler handler) => hosts[host] = new HttpMessageInvoker(handler);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        hosts.TryGetValue(request.RequestUri!.Host, out var handler) ? handler.SendAsync(request, cancellationToken) : throw new HttpRequestException($"No such host: {request.RequestUri.Host}");

    protected override void Dispose(bool disposing)
    {
        foreach (var handler in hosts.Values)
        {
            handler.Dispose();
        }

        base.Dispose(disposing);
    }
}
