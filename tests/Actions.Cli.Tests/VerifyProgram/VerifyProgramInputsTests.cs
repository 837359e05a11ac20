using System.Text;
using Actions.Cli.Hosting;
using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Reports;
using Actions.Core.Rpc;
using Actions.Core.Runner;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed class VerifyProgramInputsTests : IDisposable
{
    private const string Id = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
    private static readonly string Hash = Convert.ToHexStringLower(ProgramBinary.HashOf(TestPrograms.Token));

    private readonly Workspace workspace = new(TestPrograms.Token);
    private readonly Dictionary<string, string> variables = [];

    public void Dispose() => workspace.Dispose();

    public static TheoryData<string, string, string, string> Bad => new()
    {
        // input, its value, the fault's code, the input the fault names
        { "cluster", "", "input-missing", "cluster" },
        { "cluster", "mainnet", "input-unknown-value", "cluster" },
        { "cluster", "Devnet", "input-unknown-value", "cluster" },
        { "program-id", "", "input-missing", "program-id" },
        { "program-id", "short", "input-invalid", "program-id" },
        { "program-id", $"{Id} {Id}", "input-invalid", "program-id" },
        { "program", "no-such.so", "file-unreadable", "program" },
        { "program", ".", "file-unreadable", "program" },
        { "program", "../outside.so", "path-outside", "program" },
        { "program", "/etc/hostname", "path-outside", "program" },
        { "program", "empty.so", "elf-invalid", "program" },
        { "program", "text.so", "elf-invalid", "program" },
        { "program", "host.so", "elf-machine", "program" },
        { "program", "large.so", "elf-too-large", "program" },
        { "manifest", "no-such.json", "file-unreadable", "manifest" },
        { "manifest", "text.so", "file-unreadable", "manifest" },
        { "manifest", "schema-2.json", "file-unreadable", "manifest" },
        { "manifest", "no-artifacts.json", "file-unreadable", "manifest" },
        { "manifest", "twice.json", "file-unreadable", "manifest" },
        { "manifest", "bad-hash.json", "file-unreadable", "manifest" },
        { "manifest", "other.json", "manifest-mismatch", "manifest" },
        { "manifest", "/etc/hostname", "path-outside", "manifest" },
        { "expected-hash", "abc", "input-invalid", "expected-hash" },
        { "expected-hash", "zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "input-invalid", "expected-hash" },
        { "expected-hash", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "input-conflict", "expected-hash" },
        { "expected-authority", "nobody", "input-invalid", "expected-authority" },
        { "expected-authority", "None", "input-invalid", "expected-authority" },
        { "security-txt", "on", "input-unknown-value", "security-txt" },
        { "verified-build", "yes", "input-unknown-value", "verified-build" },
        { "repository", "perps/token", "input-invalid", "repository" },
        { "repository", "https://user:password@github.com/perps/token", "input-invalid", "repository" },
        { "repository", "ftp://github.com/perps/token", "input-invalid", "repository" },
        { "commit", "a\nb", "input-invalid", "commit" },
        { "fail-on", "errors", "input-unknown-value", "fail-on" },
        { "sarif-file", "../out.sarif", "path-outside", "sarif-file" },
        { "sarif-file", ".", "input-invalid", "sarif-file" },
        { "sarif-file", "program.so", "input-conflict", "sarif-file" },
        { "rpc-url", "not a url", "input-invalid", "rpc-url" },
        { "rpc-url", "http://rpc.example.com", "input-invalid", "rpc-url" },
        { "rpc-url", "https://api.devnet.solana.com", "cluster-mismatch", "rpc-url" },
        { "rpc-url", "env:NO_SUCH_VARIABLE", "input-missing", "rpc-url" },
        { "environment", "../../escape", "input-invalid", "environment" },
        { "environment", "a/b", "input-invalid", "environment" },
        { "ledger", "github", "input-missing", "github-token" },
        { "ledger", "file:../outside", "path-outside", "ledger" },
        { "ledger", "files", "input-unknown-value", "ledger" },
        { "release-file", "solana-release.yml", "file-unreadable", "release-file" },
        { "only", "perps", "input-conflict", "only" },
        { "dry-run", "yes", "input-invalid", "dry-run" },
        { "timeout", "soon", "input-invalid", "timeout" },
        { "timeout", "0s", "input-invalid", "timeout" },
        { "commitment", "processed", "input-unknown-value", "commitment" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_with_an_input_is_said_with_its_name(string input, string value, string code, string named)
    {
        WriteFiles();

        var faults = Read((input, value)).Faults;

        faults.ShouldContain(fault => fault.Code.Name == code && fault.Input == named && fault.Severity == Severity.Error);
        faults.Where(fault => fault.Severity == Severity.Error).ShouldAllBe(fault => fault.Code.Exit == ExitCode.Input);
        faults.ShouldAllBe(fault => fault.Expected.Length > 0 && fault.Found.Length > 0 && fault.Remedy.Length > 0);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var faults = Read(("cluster", ""), ("program-id", "x"), ("program", "no-such.so"), ("expected-authority", "x"), ("fail-on", "x"), ("sarif-file", "../x")).Faults;

        faults.Select(fault => fault.Input).ShouldBe(["cluster", "program-id", "program", "expected-authority", "fail-on", "sarif-file"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("any", "", "", "")]
    [InlineData("any", "off", "https://github.com/perps/token", "0123456")]
    public void Nothing_to_compare_with_is_a_fault(string authority, string securityTxt, string repository, string commit) =>
        Read(("program", ""), ("expected-authority", authority), ("security-txt", securityTxt), ("repository", repository), ("commit", commit)).Faults
            .ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.NothingToVerify);

    [Theory]
    [InlineData("expected-authority", "none")]
    [InlineData("expected-authority", Id)]
    [InlineData("security-txt", "warn")]
    [InlineData("security-txt", "require")]
    public void One_expectation_is_enough(string input, string value) => Read(("program", ""), (input, value)).IsOk.ShouldBeTrue();

    [Fact]
    public void A_key_in_the_place_of_the_authority_is_not_shown()
    {
        var key = TestKey.From("misplaced");

        foreach (var secret in new[] { key.Json, key.InBase58 })
        {
            Read(("expected-authority", secret)).Faults.ShouldHaveSingleItem().Message.ShouldNotContain(secret[..20]);
        }
    }

    [Fact]
    public void Defaults_are_those_of_the_contract()
    {
        var inputs = Read().Value;

        inputs.Targets[0].Request.Authority.ShouldBeOfType<ExpectedAuthority.Any>();
        (inputs.Targets[0].Request.FailOn, inputs.Targets[0].Request.SecurityTxt, inputs.IsDryRun, inputs.Environment).ShouldBe((FailOn.Error, SecurityTxtRule.Off, false, "localnet"));
        inputs.Records.LedgerDirectory.ShouldBe(workspace.At(".solana-actions"));
        inputs.Cluster.Commitment.ShouldBe(Commitment.Confirmed);
        (inputs.Sarif, inputs.Targets[0].Release, inputs.Targets[0].Request.Repository, inputs.Targets[0].Request.Commit).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void On_mainnet_only_what_is_final_counts() => Read(("cluster", "mainnet-beta"), ("rpc-url", "")).Value.Cluster.Commitment.ShouldBe(Commitment.Finalized);

    [Theory]
    [InlineData("verified-build", "off")]
    [InlineData("ledger", "none")]
    [InlineData("ledger", "file:records")]
    [InlineData("github-token", "token")]
    [InlineData("github-api-url", "https://api.github.com")]
    [InlineData("repository", "https://github.com/perps/token.git")]
    [InlineData("commit", "v1.2.3")]
    [InlineData("sarif-file", "out/verify.sarif")]
    [InlineData("commitment", "finalized")]
    [InlineData("dry-run", "true")]
    [InlineData("timeout", "90s")]
    [InlineData("manifest", "manifest.json")]
    public void What_the_contract_allows_is_taken(string input, string value)
    {
        WriteFiles();

        Read((input, value)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public void An_upper_case_hash_is_the_same_hash() =>
        Read(("program", ""), ("expected-hash", Hash.ToUpperInvariant())).Value.Targets[0].Request.Bytes!.ExecutableHash.ShouldBe(Hash);

    [Fact]
    public void A_manifest_alone_gives_the_digest_of_its_only_artifact()
    {
        WriteFiles();

        var inputs = Read(("program", ""), ("manifest", "manifest.json")).Value;

        inputs.Targets[0].Request.Bytes!.ExecutableHash.ShouldBe(Hash);
        inputs.Targets[0].Request.Bytes!.File!.Size.ShouldBe(TestPrograms.Token.Length);
        inputs.Targets[0].Request.Bytes!.Content.ShouldBeNull();
        (inputs.Targets[0].Release!.Name, inputs.Targets[0].Release!.Version).ShouldBe(("perps", "1.2.3"));
    }

    [Fact]
    public void A_manifest_of_several_artifacts_needs_to_be_told_which()
    {
        WriteFiles();

        Read(("program", ""), ("manifest", "two.json")).Faults.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            fault => fault.Code.ShouldBe(FaultCodes.InputMissing), fault => fault.Input.ShouldBe("program"));
        Read(("manifest", "two.json")).IsOk.ShouldBeTrue();
    }

    /// <summary>An old program need not pass the checks that a deploy makes today.</summary>
    [Fact]
    public void A_file_that_no_cluster_would_take_any_more_can_still_be_compared()
    {
        workspace.Put("program.so", TestPrograms.Token[..50_000]);

        Read().IsOk.ShouldBeTrue();
    }

    private void WriteFiles()
    {
        workspace.Put("empty.so", []);
        workspace.Put("text.so", Encoding.UTF8.GetBytes("<html>404</html>, and more than twenty bytes"));
        workspace.Put("host.so", [.. "\u007fELF"u8, .. new byte[14], 62, 0, .. new byte[44]]);
        workspace.Put("large.so", [.. TestPrograms.Token, .. new byte[LoaderProgram.MaxProgramLength]]);
        Manifest("manifest.json", Artifact());
        Manifest("two.json", Artifact(), Artifact(size: 17, name: "registry"));
        Manifest("other.json", Artifact(size: 17));
        Manifest("no-artifacts.json");
        Manifest("bad-hash.json", Artifact(sha256: "ABC"));
        workspace.Put("schema-2.json", Encoding.UTF8.GetBytes($$"""{"schema":2,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{Artifact()}}]}"""));
        workspace.Put("twice.json", Encoding.UTF8.GetBytes($$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{Artifact()}}],"artifacts":[{{Artifact()}}]}"""));
    }

    private void Manifest(string name, params string[] artifacts) =>
        workspace.Put(name, Encoding.UTF8.GetBytes($$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{string.Join(',', artifacts)}}]}"""));

    private static string Artifact(string? sha256 = null, int? size = null, string name = "perps") => Manifests.Artifact(TestPrograms.Token, sha256, size, name);

    private Result<VerifyProgramInputs> Read(params (string Name, string Value)[] changes)
    {
        Dictionary<string, string> inputs = new()
        {
            ["cluster"] = "localnet", ["rpc-url"] = "http://127.0.0.1:8899", ["program-id"] = Id, ["program"] = "program.so",
        };
        foreach (var (name, value) in changes)
        {
            inputs[name] = value;
        }

        foreach (var (name, value) in inputs)
        {
            variables[$"INPUT_{name.ToUpperInvariant()}"] = value;
        }

        using var output = new StringWriter();
        var environment = new RunnerEnvironment(variables, workspace.Folder);
        var masker = new Masker();
        return VerifyProgramInputs.Read(new ActionContext(
            environment, new InputReader(environment, masker), new JobLog(environment, masker, output, output, TimeProvider.System), masker, new WorkspaceFiles(environment),
            TimeProvider.System, new UlidSource(TimeProvider.System, bytes => bytes.Clear()), bytes => bytes.Clear(), () => throw new InvalidOperationException("No network here.")));
    }
}
