using System.Text;
using Actions.Cli.Hosting;
using Actions.Cli.PromoteArtifact;
using Actions.Cli.Tests.Tools;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.PromoteArtifact;

public sealed class PromoteArtifactInputsTests : IDisposable
{
    private static readonly string Id = TestKey.From("promote program").ToString();
    private static readonly string OtherId = TestKey.From("promote other program").ToString();

    private readonly Workspace workspace = new();
    private readonly Dictionary<string, string> variables = [];

    public PromoteArtifactInputsTests()
    {
        workspace.Put("a.so", TestPrograms.Token);
        workspace.Put("b.so", TestPrograms.LookupTable);
        workspace.Put("text.so", "hello"u8.ToArray());
        workspace.Put("idl.json", "{}"u8.ToArray());
        workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: suite
            programs: { a: { artifact: a.so, idl: idl.json }, b: { artifact: b.so } }
            environments:
              staging: { cluster: devnet, program-ids: { a: "{{Id}}", b: "{{OtherId}}" } }
              beta: { cluster: mainnet-beta, after: staging, program-ids: { a: "{{OtherId}}" }, variant: beta, gates: { min-soak: 48h, smoke: false } }
              production: { cluster: mainnet-beta, after: beta, program-ids: { a: "{{Id}}", b: "{{OtherId}}" } }
            """));
    }

    public void Dispose() => workspace.Dispose();

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "to=", "input-missing", "to" },
        { "to=mars", "input-unknown-value", "to" },
        { "from=mars", "input-unknown-value", "from" },
        { "from=production", "input-conflict", "from" },
        { "environment=staging", "input-conflict", "environment" },
        { "release-file=none.yml", "file-unreadable", "release-file" },
        { "release-file=idl.json", "file-unreadable", "release-file" },
        { "release-file=../x.yml", "path-outside", "release-file" },
        { "only=c", "input-unknown-value", "only" },
        { "program-id=" + Id, "input-conflict", "program-id" },
        { "to=beta", "input-missing", "release-file" },
        { "version=1.2", "input-invalid", "version" },
        { "min-soak=1 day", "input-invalid", "min-soak" },
        { "require-smoke=no", "input-invalid", "require-smoke" },
        { "allow-downgrade=1", "input-invalid", "allow-downgrade" },
        { "idl=idl.json", "input-conflict", "idl" },
        { "toolchain=a=b", "input-conflict", "toolchain" },
        { "attachments=x", "input-conflict", "attachments" },
        { "store=github", "input-missing", "github-token" },
        { "store=file:", "input-unknown-value", "store" },
        { "store=file:../x", "path-outside", "store" },
        { "ledger=github", "input-missing", "github-token" },
        { "ledger=gitlab", "input-unknown-value", "ledger" },
        { "output-dir=../x", "path-outside", "output-dir" },
        { "from-rpc-url=nowhere", "input-invalid", "from-rpc-url" },
        { "from-rpc-url=https://api.devnet.solana.com", "cluster-mismatch", "from-rpc-url" },
        { "program=a=none.so", "file-unreadable", "program" },
        { "from=build;version=", "input-missing", "version" },
        { "from=build;version=1.0.0;program=a=a.so", "input-missing", "program" },
        { "from=build;version=1.0.0;program=a=a.so\nb=b.so\nc=b.so", "input-unknown-value", "program" },
        { "from=build;version=1.0.0;program=a=a.so\na=a.so\nb=b.so", "input-conflict", "program" },
        { "from=build;version=1.0.0;program=a=text.so\nb=b.so", "elf-invalid", "program" },
        { "from=build;version=1.0.0;program=a.so", "input-invalid", "program" },
        { "from=build;version=1.0.0;program=a@../x=a.so\nb=b.so", "input-invalid", "program" },
        { "from=build;version=1.0.0;idl=c=idl.json", "input-unknown-value", "idl" },
        { "from=build;version=1.0.0;idl=a=a.so", "file-unreadable", "idl" },
        { "from=build;version=1.0.0;toolchain=solana", "input-invalid", "toolchain" },
        { "from=build;version=1.0.0;attachments=image:x@sha256:abc", "input-invalid", "attachments" },
        { "release-file=;from=", "input-missing", "from" },
        { "release-file=;from=staging;cluster=devnet", "input-missing", "program-id" },
        { "release-file=;from=build;version=1.0.0;cluster=devnet", "input-missing", "program" },
        { "release-file=;from=build;version=1.0.0;cluster=devnet;program=a=a.so\nb=b.so", "input-missing", "release-file" },
        { "release-file=;from=build;version=1.0.0;cluster=devnet;program=a.so;only=a", "input-conflict", "only" },
        { "release-file=;from=build;version=1.0.0;program=a.so", "input-missing", "cluster" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void One_mistake_is_named(string changes, string code, string input)
    {
        var read = Read(changes);

        read.Faults.ShouldContain(fault => fault.Code.Name == code && fault.Input == input, string.Join('\n', read.Faults.Select(fault => $"{fault.Code} {fault.Input}: {fault.Message}")));
        read.IsOk.ShouldBeFalse();
    }

    [Theory]
    [InlineData("release-file=idl.json")]
    [InlineData("to=mars")]
    public void What_a_faulty_file_would_have_given_is_not_missed_too(string changes) =>
        Read(changes).Faults.Select(fault => fault.Input).Distinct().ShouldBe([changes.Split('=')[0]]);

    [Fact]
    public void A_release_file_supplies_everything_that_is_absent()
    {
        var inputs = Read("").Value;

        (inputs.Scope.To, inputs.Scope.From, inputs.Cluster.Cluster, inputs.Scope.ToVariant, inputs.Scope.FromVariant).ShouldBe(("production", "beta", Cluster.MainnetBeta, "default", "beta"));
        inputs.Scope.Programs.Select(program => (program.Name, program.Id.ToString(), program.FromId.ToString())).ShouldBe([("a", Id, OtherId)]);
        inputs.Scope.Programs[0].OtherIds.Select(other => other.Environment).ShouldBe(["staging", "beta"]);
        (inputs.Rules.MinSoak, inputs.Rules.RequireSmoke, inputs.Rules.RequireVerified, inputs.Rules.RequireProtectedEnvironment).ShouldBe((TimeSpan.FromHours(24), true, true, false));
    }

    [Fact]
    public void Of_the_gates_the_stricter_holds()
    {
        Rules("to=beta;min-soak=1h").ShouldBe((TimeSpan.FromHours(48), false, true));
        Rules("to=beta;min-soak=72h;require-smoke=true;require-verified=false").ShouldBe((TimeSpan.FromHours(72), true, false));
        Rules("min-soak=1h;require-smoke=false").ShouldBe((TimeSpan.FromHours(1), false, true));

        (TimeSpan, bool, bool) Rules(string changes)
        {
            var rules = Read($"only=a;{changes}").Value.Rules;
            return (rules.MinSoak, rules.RequireSmoke, rules.RequireVerified);
        }
    }

    [Fact]
    public void Skipping_an_environment_is_a_warning()
    {
        var read = Read("from=staging", out var reader);

        read.IsOk.ShouldBeTrue();
        reader.Faults.ShouldContain(fault => fault.Severity == Severity.Warning && fault.Input == "from");
    }

    [Fact]
    public void A_build_takes_programs_and_idls_from_the_release_file()
    {
        var build = Read("to=staging;from=;version=v1.0.0;only=").Value.Build!;

        build.Name.ShouldBe("suite");
        build.Programs.Select(program => (program.Program, program.Variant, program.Idl is not null)).ShouldBe([("a", "default", true), ("b", "default", false)]);
    }

    [Fact]
    public void A_build_may_hold_several_variants_and_other_things()
    {
        var sha = new string('c', 64);

        var build = Read($"to=staging;from=;only=;version=1.0.0;program=a@x=a.so\na@y=b.so\nb=b.so;idl=a=idl.json;toolchain=solana=2.1.0;attachments=image:ghcr.io/acme/api@sha256:{sha}\nsbom:api.spdx.json@sha256:{sha}").Value.Build!;

        build.Programs.Select(program => (program.Program, program.Variant, program.Idl is not null)).ShouldBe([("a", "x", true), ("a", "y", true), ("b", "default", false)]);
        build.Toolchain["solana"].ShouldBe("2.1.0");
        build.Attachments.Select(attachment => (attachment.Kind, attachment.Name)).ShouldBe([("image", "ghcr.io/acme/api"), ("sbom", "api.spdx.json")]);
    }

    [Fact]
    public void One_file_without_a_release_file_names_its_release()
    {
        var inputs = Read("release-file=;only=;from=build;to=devnet;cluster=devnet;version=1.0.0;program=a.so").Value;

        (inputs.Build!.Name, inputs.Build.Programs[0].Program, inputs.Rules.MinSoak).ShouldBe(("a", "a", TimeSpan.Zero));
    }

    private Result<PromoteArtifactInputs> Read(string changes) => Read(changes, out _);

    /// <summary>To production with the release file, and one program unless said otherwise.</summary>
    private Result<PromoteArtifactInputs> Read(string changes, out InputReader reader)
    {
        Dictionary<string, string> inputs = new() { ["release-file"] = "release.yml", ["to"] = "production" };
        if (!changes.Contains("to=beta", StringComparison.Ordinal) && !changes.Contains("program", StringComparison.Ordinal) && !changes.Contains("only", StringComparison.Ordinal) && !changes.Contains("build", StringComparison.Ordinal))
        {
            inputs["only"] = "a";
        }

        foreach (var change in changes.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (change.Split('=', 2)[0], change.Split('=', 2)[1]);
            inputs[name] = value;
        }

        variables.Clear();
        foreach (var (name, value) in inputs)
        {
            variables[$"INPUT_{name.ToUpperInvariant()}"] = value;
        }

        using var output = new StringWriter();
        var environment = new RunnerEnvironment(variables, workspace.Folder);
        var masker = new Masker();
        reader = new InputReader(environment, masker);
        return PromoteArtifactInputs.Read(new ActionContext(
            environment, reader, new JobLog(environment, masker, output, output, TimeProvider.System), masker, new WorkspaceFiles(environment),
            TimeProvider.System, new UlidSource(TimeProvider.System, bytes => bytes.Clear()), bytes => bytes.Clear(), () => throw new InvalidOperationException("No network here.")));
    }
}
