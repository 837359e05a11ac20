using System.Net;
using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Fleet;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;
using Actions.Core.Tests.Loader;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A fleet over two clusters, with everything a fleet file can watch, of which nothing is wrong.</summary>
internal sealed class FleetWorld : IDisposable
{
    public static readonly Address Multisig = TestKey.From("world multisig").Address;
    public static readonly Address Vault = FleetAuthority.Of($"squads:{Multisig}")!.Value;
    public static readonly Address Staging = TestKey.From("world staging authority").Address;
    public static readonly Address Legacy = TestKey.From("world legacy").Address;
    public static readonly Address LegacyAuthority = TestKey.From("world legacy authority").Address;
    public static readonly Address Oracle = TestKey.From("world oracle").Address;
    public static readonly Address Config = TestKey.From("world config").Address;
    public static readonly Address MainnetPayer = TestKey.From("world mainnet payer").Address;
    public static readonly Address LocalPayer = TestKey.From("world local payer").Address;

    public const string Repository = "acme/perps";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private const string Contacts =
        "=======BEGIN SECURITY.TXT V1=======\0name\0Oracle\0project_url\0https://oracle.example\0contacts\0email:sec@oracle.example\0policy\0https://oracle.example/policy\0=======END SECURITY.TXT V1=======\0";

    private static readonly byte[] Discriminator = [1, 2, 3, 4, 5, 6, 7, 8];

    public FleetWorld()
    {
        Job.Hosts.Add("mainnet.example", Mainnet);
        Job.Hosts.Add("localnet", Local);
        Job.Hosts.Add("vault", new Answering(path => path == "/v1/transit/keys/deployer" ? VaultKey() : null));
        Job.Hosts.Add("github", new Answering(path => Environments.TryGetValue(path.Split('/')[^1], out var environment) ? environment : null));
        Job.With("rpc-url", "mainnet-beta=https://mainnet.example\nlocalnet=http://localnet:8899").With("ledger", "file:records").With("vault-addr", "http://vault:8200")
            .With("github-token", "ghs_0123456789").With("github-api-url", "http://github:80").With("commitment", "confirmed")
            .With("verified-build", "require").With("published-idl", "require");
        (Job.Variables["VAULT_TOKEN"], Job.Variables["GITHUB_REPOSITORY"]) = ("vault-token-of-the-test", Repository);
        Job.Clock.Later = TimeSpan.Zero;
        foreach (var chain in (MemoryChain[])[Mainnet, Local])
        {
            chain.Gate(FeatureGates.SbpfV3, 10);
        }

        foreach (var (program, environment) in Released)
        {
            ChainOf(environment).Deploy(IdOf(program, environment), BytesOf(program), 500_000, AuthorityOf(environment));
            Claim(program, environment, Commit);
            ChainOf(environment).Publish(IdOf(program, environment), IdlOf(program));
            Record(program, environment);
        }

        Local.Deploy(Legacy, TestPrograms.Token, 500_000, LegacyAuthority);
        Local.Claim(Legacy, LegacyAuthority, Source, Commit, 500_000);
        Local.Publish(Legacy, IdlOf("legacy"));
        Mainnet.PublishLegacy(Oracle, Idl);
        Mainnet.Deploy(Oracle, OracleBytes, 500_000, null);
        Mainnet.Accounts[Config] = new MemoryAccount(Oracle, [.. Discriminator, .. BitConverter.GetBytes((ushort)250), .. Vault.ToArray(), 0]);
        foreach (var (payer, chain) in new[] { (MainnetPayer, Mainnet), (LocalPayer, Local) })
        {
            chain.Accounts[payer] = new MemoryAccount(SystemProgram.Id, []) { Lamports = 20_000_000_000 };
        }

        Store("perps", "1.4.0", ("perps", BytesOf("perps")), ("registry", BytesOf("registry")));
        Store("legacy", "1.0.0", ("legacy", TestPrograms.Token));
        Job.Workspace.Put("idl/oracle.json", Encoding.UTF8.GetBytes(Idl));
        Job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes(ReleaseFile));
        Job.Declares(FleetFile);
    }

    private const string Source = $"https://github.com/{Repository}";

    /// <summary>Every program of the release file in each of its environments.</summary>
    public static IReadOnlyList<(string Program, string Environment)> Released { get; } = [("perps", "staging"), ("perps", "production"), ("registry", "staging"), ("registry", "production")];

    public FleetJob Job { get; } = new();

    public MemoryChain Mainnet { get; } = new(MemoryChain.Mainnet);

    public MemoryChain Local { get; } = new(MemoryChain.Local);

    /// <summary>As GitHub has them.</summary>
    public Dictionary<string, string> Environments { get; } = new() { ["production"] = Protected(2, true), ["compliance"] = Protected(1, true), ["sre"] = Protected(1, true) };

    public static byte[] OracleBytes => [.. StrictElf.Make(new byte[4_000]), .. Encoding.UTF8.GetBytes(Contacts)];

    public static string ReleaseFile { get; } = $$"""
        version: 1
        name: perps
        programs:
          registry: { artifact: registry.so }
          perps: { artifact: perps.so }
        environments:
          staging:
            cluster: localnet
            program-ids: { registry: {{IdOf("registry", "staging")}}, perps: {{IdOf("perps", "staging")}} }
            upgrade-authority: {{Staging}}
          production:
            cluster: mainnet-beta
            after: staging
            program-ids: { registry: {{IdOf("registry", "production")}}, perps: {{IdOf("perps", "production")}} }
            upgrade-authority: squads:{{Multisig}}
            gates:
              approvals: { environments: [compliance, sre] }
        """;

    public static string FleetFile { get; } = $$"""
        version: 1
        release-files: [solana-release.yml]
        programs:
          oracle:
            cluster: mainnet-beta
            program-id: {{Oracle}}
            environment: oracle
            expected-authority: none
            expected-hash: {{HashOf(OracleBytes)}}
            security-txt: require
            verified-build: off
            config:
              - account: {{Config}}
                idl: idl/oracle.json
                fields: { fee_bps: 250, treasury: {{Vault}}, paused: false }
          legacy: { cluster: localnet, program-id: {{Legacy}}, environment: legacy, release: legacy/1.0.0 }
        payers:
          {{MainnetPayer}}: { cluster: mainnet-beta, min-deploys: 3 }
          {{LocalPayer}}: { cluster: localnet, min-deploys: 3 }
        keys: ["vault-transit:transit/deployer"]
        environments:
          production: { reviewers: 2, prevent-self-review: true, approvals: { environments: [compliance, sre] } }
        """;

    private const string Idl = """
        { "metadata": { "name": "oracle" }, "accounts": [{ "name": "Config", "discriminator": [1,2,3,4,5,6,7,8] }],
          "types": [{ "name": "Config", "type": { "kind": "struct", "fields": [{ "name": "fee_bps", "type": "u16" }, { "name": "treasury", "type": "pubkey" }, { "name": "paused", "type": "bool" }] } }] }
        """;

    public static Address IdOf(string program, string environment) => TestKey.From($"world {program} {environment}").Address;

    /// <summary>Of SBPF version 3, each program its own.</summary>
    public static byte[] BytesOf(string program) => [.. StrictElf.Make(new byte[8_000]), .. Encoding.UTF8.GetBytes($"the code of {program}")];

    /// <summary>What is published about a program.</summary>
    public static string IdlOf(string program) => $$"""{ "metadata": { "name": "{{program}}" } }""";

    public static Address AuthorityOf(string environment) => environment == "production" ? Vault : Staging;

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(ProgramBinary.HashOf(bytes));

    /// <summary>An environment as GitHub has it.</summary>
    public static string Protected(int reviewers, bool preventsSelfReview) => $$"""
        { "id": 1, "name": "any", "protection_rules": [
          { "id": 2, "type": "required_reviewers", "prevent_self_review": {{(preventsSelfReview ? "true" : "false")}},
            "reviewers": [{{string.Join(',', Enumerable.Repeat("""{"type":"User"}""", reviewers))}}] }] }
        """;

    public MemoryChain ChainOf(string environment) => environment == "production" ? Mainnet : Local;

    /// <summary>Says what a released program was built from.</summary>
    public void Claim(string program, string environment, string commit) =>
        ChainOf(environment).Claim(IdOf(program, environment), AuthorityOf(environment), Source, commit, 500_000);

    /// <summary>Changes what the fleet file says.</summary>
    public void Declare(string right, string wrong)
    {
        FleetFile.ShouldContain(right);
        Job.Declares(FleetFile.Replace(right, wrong, StringComparison.Ordinal));
    }

    public void Store(string name, string version, params (string Program, byte[] Bytes)[] builds)
    {
        var manifest = new Manifest
        {
            Name = name,
            Version = version,
            Source = ManifestSource.Build,
            Repository = Repository,
            Commit = Commit,
            Artifacts = [.. builds.Select(build => new ManifestArtifact
            {
                Program = build.Program,
                File = ManifestArtifact.FileOf(build.Program, ReleaseEnvironment.DefaultVariant),
                Size = build.Bytes.Length,
                Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(build.Bytes)),
                ExecutableHash = HashOf(build.Bytes),
                Idl = new ManifestIdl(ManifestIdl.FileOf(build.Program, ReleaseEnvironment.DefaultVariant), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(IdlOf(build.Program))))),
            })],
        };
        IReadOnlyList<ReadOnlyMemory<byte>> files = [.. builds.SelectMany(build => (ReadOnlyMemory<byte>[])[build.Bytes, Encoding.UTF8.GetBytes(IdlOf(build.Program))])];
        new FileStore(Job.Workspace.At("store"), TimeProvider.System).PutAsync(manifest, files, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Says that a program's build of version 1.4.0 was released.</summary>
    public void Record(string program, string environment) =>
        new FileLedger(Job.Workspace.At("records"), TimeProvider.System).AppendAsync(
            new LedgerEvent
            {
                Id = $"01KAGXQ5V0ZZZZZZZZZZZZZZZ{Released.ToList().IndexOf((program, environment))}",
                Kind = RecordKind.Release,
                State = RecordState.Succeeded,
                Environment = environment,
                ProgramId = IdOf(program, environment),
                At = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
                Name = "perps",
                Version = "1.4.0",
                Variant = "default",
                Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BytesOf(program))),
                ExecutableHash = HashOf(BytesOf(program)),
            },
            CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Says that a way back from that release still waits.</summary>
    public void Standby(string program, string environment, bool isDated) =>
        new FileLedger(Job.Workspace.At("records"), TimeProvider.System).AppendAsync(
            new LedgerEvent
            {
                Id = "01KAGXQ5V0STANDBY",
                Kind = RecordKind.Rollback,
                State = RecordState.Pending,
                Environment = environment,
                ProgramId = IdOf(program, environment),
                At = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
                ExecutableHash = HashOf(TestPrograms.Stake),
                RefersTo = $"01KAGXQ5V0ZZZZZZZZZZZZZZZ{Released.ToList().IndexOf((program, environment))}",
                Until = isDated ? new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero) : null,
            },
            CancellationToken.None).GetAwaiter().GetResult();

    public void Dispose() => Job.Dispose();

    private static string VaultKey() => $$$"""
        { "data": { "type": "ed25519", "latest_version": 1, "keys":
          { "1": { "public_key": "{{{Convert.ToBase64String(LocalPayer.ToArray())}}}", "creation_time": "{{{DateTimeOffset.UtcNow.AddDays(-1):O}}}" } } } }
        """;

    /// <summary>A service that answers GETs.</summary>
    private sealed class Answering(Func<string, string?> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = answer(request.RequestUri!.AbsolutePath);
            return Task.FromResult(new HttpResponseMessage(body is null ? HttpStatusCode.NotFound : HttpStatusCode.OK)
            {
                Content = new StringContent(body ?? """{"message":"Not Found"}""", Encoding.UTF8, "application/json"),
                RequestMessage = request,
            });
        }
    }
}
