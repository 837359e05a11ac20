using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Secrets;

/// <summary>An AWS account for the tests, in the stand-in.</summary>
public sealed class TestAws : IAsyncLifetime
{
    public const string Region = "eu-west-1";

    private static readonly string[] All = ["kms:GetPublicKey", "kms:Sign", "kms:DescribeKey", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"];

    public StandIns StandIns { get; init; } = new();

    /// <summary>May do everything that a deploy needs.</summary>
    public string Role { get; private set; } = "";

    /// <summary>What the environment of a job says: its identity, and where AWS answers.</summary>
    public Dictionary<string, string> Variables => new(StandIns.OidcVariables) { ["AWS_ENDPOINT_URL"] = StandIns["aws"] };

    public async Task InitializeAsync()
    {
        await StandIns.InitializeAsync();
        Role = await RoleAsync("deploy");
    }

    public Task DisposeAsync() => StandIns.DisposeAsync();

    public async Task<string> RoleAsync(string name, string subject = "repo:acme@1234/perps@5678:environment:production", params string[] allows) =>
        (await ControlAsync($$"""{"op":"role","name":"{{name}}","sub":"{{subject}}","allows":{{List(allows.Length > 0 ? allows : All)}}}""")).GetProperty("arn").GetString()!;

    /// <summary>Credentials as a workflow of old keeps them.</summary>
    public async Task<Dictionary<string, string>> UserAsync(bool isTemporary)
    {
        var user = await ControlAsync($$"""{"op":"user","name":"ci","isTemporary":{{(isTemporary ? "true" : "false")}},"allows":{{List(All)}}}""");
        var variables = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_KMS"] = StandIns["aws"],
            ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = StandIns["aws"],
            ["AWS_ACCESS_KEY_ID"] = user.GetProperty("id").GetString()!,
            ["AWS_SECRET_ACCESS_KEY"] = user.GetProperty("secret").GetString()!,
        };
        if (isTemporary)
        {
            variables["AWS_SESSION_TOKEN"] = user.GetProperty("sessionToken").GetString()!;
        }

        return variables;
    }

    /// <summary>A key that never leaves KMS.</summary>
    public async Task<Address> NewKeyAsync(string alias, string spec = "ECC_NIST_EDWARDS25519") =>
        new((await ControlAsync($$"""{"op":"key","alias":"alias/{{alias}}","spec":"{{spec}}"}""")).GetProperty("public").GetBytesFromBase64());

    public async Task<string> PutAsync(string name, string text) =>
        (await ControlAsync($$"""{"op":"secret","name":"{{name}}","text":"{{JsonEncodedText.Encode(text)}}"}""")).GetProperty("arn").GetString()!;

    public Task PutBinaryAsync(string name, byte[] bytes) => ControlAsync($$"""{"op":"secret","name":"{{name}}","binary":"{{Convert.ToBase64String(bytes)}}"}""");

    public Task<JsonElement> ControlAsync(string command) => StandIns.ControlAsync("aws", command);

    private static string List(IEnumerable<string> words) => $"[{string.Join(',', words.Select(word => $"\"{word}\""))}]";
}
