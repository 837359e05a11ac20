using System.Net.Http.Headers;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Secrets;
using Actions.Core.Solana;

namespace Actions.Core.VerifiedBuild;

/// <summary>The service that builds what claims name, and tells explorers (github.com/otter-sec/solana-verified-programs-api). Its word counts for nothing here: only its hashes do, once they are compared.</summary>
public sealed class RemoteBuilds : IDisposable
{
    public static readonly Uri Usual = new("https://verify.osec.io");

    private const int Conflict = 409;
    private const int NotFound = 404;

    private readonly Uri api;
    private readonly ProviderHttp http;

    /// <param name="handler">Shared with others, so it is not disposed here.</param>
    public RemoteBuilds(Uri api, HttpMessageHandler handler, TimeProvider time)
    {
        this.api = api;
        http = new ProviderHttp(handler, time);
    }

    /// <summary>What it says about a program now; null when it knows nothing of it.</summary>
    /// <exception cref="FaultException">It does not answer, or something else than it documents.</exception>
    public async Task<RemoteBuild?> StatusAsync(Address program, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"status/{program}", null, cancellation);
        return answer.Status == NotFound ? null : RemoteBuild.Read(Object(answer));
    }

    /// <summary>Asks it to build what the uploader claims.</summary>
    /// <returns>The job's id; null when it works on it already.</returns>
    /// <exception cref="FaultException">It does not answer, or something else than it documents.</exception>
    public async Task<string?> SubmitAsync(Address program, Address uploader, CancellationToken cancellation)
    {
        var body = ProviderHttp.Json(writer =>
        {
            writer.WriteString("program_id", program.ToString());
            writer.WriteString("signer", uploader.ToString());
            writer.WriteString("repository", "");
            writer.WriteString("commit_hash", "");
        });
        using var answer = await SendAsync(HttpMethod.Post, "verify-with-signer", body, cancellation);
        return answer.Status == Conflict ? null
            : Object(answer).At("request_id") is { ValueKind: JsonValueKind.String } id && id.GetString() is { Length: > 0 and <= 100 } text && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-') ? text
            : throw Strange("the id of a job");
    }

    /// <summary>How far a job is.</summary>
    /// <exception cref="FaultException">It does not answer, or something else than it documents.</exception>
    public async Task<RemoteBuild> JobAsync(string id, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"job/{id}", null, cancellation);
        return RemoteBuild.Read(Object(answer));
    }

    public void Dispose() => http.Dispose();

    private async Task<ProviderAnswer> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{api.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = body };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("solana-actions", null));
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (FaultException problem)
        {
            throw new FaultException(problem.Faults[0] with { Code = FaultCodes.VerifyApiFailed, Remedy = "run again: the program is deployed and the claim is written" });
        }
    }

    private JsonElement Object(ProviderAnswer answer) => answer is { IsOk: true } && answer.TryJson() is { } json
        ? json
        : throw Strange($"a JSON object (HTTP {answer.Status})");

    private FaultException Strange(string expected) => new(new Fault(
        FaultCodes.VerifyApiFailed, $"Expected {expected} from {ProviderHandler.Host(api)}", "found an answer of another form, which is not shown", "look at its status page, then run again: the program is deployed and the claim is written", "verify-api-url"));
}

/// <summary>What the service says. Hashes that are none are null.</summary>
/// <param name="State">Of a job: `in_progress`, `completed`, `failed`; of a program null.</param>
/// <param name="OnChain">What it found on chain.</param>
/// <param name="Built">What its build gave.</param>
public sealed record RemoteBuild(string? State, bool IsVerified, string? OnChain, string? Built)
{
    public bool IsOver => State is "completed" or "failed";

    /// <summary>Whether its build gave just these bytes, and it saw them on chain.</summary>
    public bool Confirms(string executableHash) => OnChain == executableHash && Built == executableHash;

    internal static RemoteBuild Read(JsonElement json) => new(
        json.At("status") is { ValueKind: JsonValueKind.String } state ? state.GetString() : null,
        json.At("is_verified") is { ValueKind: JsonValueKind.True },
        Hash(json, "on_chain_hash"),
        Hash(json, "executable_hash"));

    private static string? Hash(JsonElement json, string name) =>
        json.At(name) is { ValueKind: JsonValueKind.String } hash && hash.GetString()!.ToLowerInvariant() is var text && HexHash.Is(text) ? text : null;
}
