using System.Text;
using Actions.Core.Security;
using Actions.Core.Security.Workflows;

namespace Actions.Core.Tests.Security;

/// <summary>Each rule, by a file that breaks it in one place and by one that keeps it.</summary>
public sealed class WorkflowRuleTests
{
    private const string Sha = "3d3c42e5aac5ba805825da76410c181273ba90b1";

    /// <summary>What a file of each row has around it; the rows say what is different. «line» marks where the finding is.</summary>
    private static readonly (string Rule, string Bad, string Good)[] Pairs =
    [
        ("action-unpinned", Step("uses: actions/checkout@v4 «»"), Step($"uses: actions/checkout@{Sha} # v7.0.1")),
        ("action-unpinned", Step("uses: acme/tools/lint@main «»"), Step("uses: ./.github/actions/lint")),
        ("action-unpinned", Step("uses: OWNER/REPO/actions/smoke-test@main «»"), Step("uses: OWNER/REPO/actions/smoke-test@v1")),
        ("action-unpinned", Step("uses: actions/checkout@3d3c42e «»"), Step("uses: $/actions/smoke-test")),
        ("action-unpinned", Step("uses: acme/checkout «»"), Step($"uses: acme/checkout@{Sha}")),
        ("action-unpinned", Job("uses: acme/flows/.github/workflows/x.yml@v1 «»"), Job($"uses: acme/flows/.github/workflows/x.yml@{Sha}")),
        ("action-unpinned", Job("uses: OWNER/REPO/.github/workflows/release.yml@release «»"), Job("uses: OWNER/REPO/.github/workflows/release.yml@v1.2.3")),
        ("script-injection", Step("run: echo ${{ github.event.issue.title }} «»"), Step("run: echo \"$TITLE\"", "env: { TITLE: \"${{ github.event.issue.title }}\" }")),
        ("script-injection", Step("run: |", "  echo one", "  echo ${{ github.head_ref }} «»"), Step("run: |", "  echo one", "  echo ${{ github.sha }}")),
        ("script-injection", Step("run: \"echo ${{ inputs.name }}\" «»"), Step("run: \"echo ${{ github.event.pull_request.number }}\"")),
        ("script-injection", Step("run: \"echo ${{ github.event['comment']['body'] }}\" «»"), Step("run: \"echo ${{ runner.os }}\"")),
        ("script-injection", Step("run: \"echo '${{ toJSON(github.event) }}'\" «»"), Step("run: \"echo '${{ toJSON(matrix) }}'\"")),
        ("script-injection", Step("run: \"echo ${{ format('{0}}}', github.ref_name) }}\" «»"), Step("run: \"echo ${{ format('github.ref_name', github.run_id) }}\"")),
        ("script-injection", Step("run: \"echo ${{ github.event.commits[0].message }}\" «»"), Step("run: \"echo ${{ github.event.commits[0].id }}\"")),
        ("script-injection", Step($"uses: actions/github-script@{Sha}", "with: { script: \"x(`${{ github.event.review.body }}`)\" } «»"), Step($"uses: actions/github-script@{Sha}", "with: { script: \"x(context.payload.review.body)\" }")),
        ("secret-in-script", Step("run: \"curl -H ${{ secrets.TOKEN }}\" «»"), Step("run: curl", "env: { TOKEN: \"${{ secrets.TOKEN }}\" }")),
        ("secret-in-script", Step("run: \"curl -H ${{ github.token }}\" «»"), Step("run: curl", "env: { TOKEN: \"${{ github.token }}\" }")),
        ("secret-in-script", Step("run: \"echo '${{ toJSON(secrets) }}'\" «»"), Step("run: \"echo 'secrets'\"")),
        ("secret-in-build", Step("run: anchor build", "env: { KEY: \"${{ secrets.DEPLOYER }}\" } «»"), Step("run: anchor build", "env: { FEATURES: mainnet }")),
        ("secret-in-build", Job("runs-on: x", "env: { KEY: \"${{ secrets.DEPLOYER }}\" } «»", "steps: [{ run: cargo build-sbf }]"), Job("runs-on: x", "env: { KEY: \"${{ secrets.DEPLOYER }}\" }", "steps: [{ run: solana program show }]")),
        ("secret-in-build", Job("runs-on: x", "steps:", "  - run: npm ci", "  - run: deploy.sh", "    env: { KEY: \"${{ secrets.DEPLOYER_KEY }}\" } «»"), Job("runs-on: x", "steps:", "  - run: npm ci", "  - run: upload.sh", "    env: { KEY: \"${{ secrets.CODECOV_TOKEN }}\" }")),
        ("secret-in-build", Job("runs-on: x", "environment: production", "steps:", "  - run: make", "  - uses: $/actions/solana-deploy", "    with: { cluster: mainnet-beta, payer: \"${{ secrets.ANY }}\" } «»"), Job("runs-on: x", "environment: production", "steps:", "  - run: ls", "  - uses: $/actions/solana-deploy", "    with: { cluster: mainnet-beta, payer: \"${{ secrets.ANY }}\" }")),
        ("secret-in-build", Job("runs-on: x", "environment: production", "steps:", "  - run: make", "  - uses: $/actions/rollback", "    env: { KEY: \"${{ secrets.ANY }}\" } «»"), Job("runs-on: x", "steps:", "  - run: make", "  - uses: $/actions/solana-deploy", "    with: { cluster: devnet, program: a.so, payer: \"${{ secrets.PAYER }}\" }")),
        ("secret-in-build", Job("uses: OWNER/REPO/.github/workflows/build.yml@v1", "secrets: inherit «»"), Job("uses: OWNER/REPO/.github/workflows/build.yml@v1")),
        ("deploy-unprotected", Deploy("cluster: mainnet-beta", at: "«»"), Deploy("cluster: mainnet-beta", "environment: production")),
        ("deploy-unprotected", Deploy("cluster: \"${{ inputs.cluster }}\"", at: "«»"), Deploy("cluster: devnet")),
        ("deploy-unprotected", Deploy("release-file: solana-release.yml, environment: production", at: "«»"), Deploy("release-file: solana-release.yml, environment: staging")),
        ("deploy-unprotected", Deploy("release-file: elsewhere.yml, environment: staging", at: "«»"), Deploy("cluster: mainnet-beta, dry-run: true")),
        ("deploy-unprotected", Deploy("cluster: mainnet-beta", "environment: \"\"", at: "«»"), Deploy("cluster: mainnet-beta", "environment: { name: production, deployment: false }")),
        ("deploy-unprotected", Step("uses: OWNER/REPO@v1 «»", "with: { command: rollback, cluster: mainnet-beta }"), Step("uses: OWNER/REPO@v1", "with: { command: verify-program, cluster: mainnet-beta }")),
        ("rebuilt", Two("program: a.so", "program: a.so", at: "«»"), Two("program: a.so", "manifest: out/manifest.json")),
        ("rebuilt", Two("program: a.so", "program: \"${{ steps.build.outputs.artifact }}\"", at: "«»"), Two("program: a.so", "program: \"${{ steps.promote.outputs.artifact }}\"")),
        ("rebuilt", Job("runs-on: x", "environment: production", "strategy: { matrix: { cluster: [devnet, mainnet-beta] } }", "steps:", "  - uses: $/actions/solana-deploy «»", "    with: { cluster: \"${{ matrix.cluster }}\", program: a.so }"),
            Job("runs-on: x", "environment: production", "strategy: { matrix: { program: [a, b] } }", "steps:", "  - uses: $/actions/solana-deploy", "    with: { cluster: devnet, program: \"${{ matrix.program }}.so\" }")),
        ("deploy-cancelled", Deploy("cluster: devnet", "concurrency: { group: x, cancel-in-progress: true } «»"), Deploy("cluster: devnet", "concurrency: { group: x, cancel-in-progress: false }")),
        ("deploy-cancelled", Job("uses: OWNER/REPO/.github/workflows/deploy.yml@v1", "concurrency:", "  group: x", "  cancel-in-progress: true «»"), Job("runs-on: x", "concurrency: { group: x, cancel-in-progress: true }", "steps: [{ run: ls }]")),
        ("permissions-missing", "on: push\njobs:\n  a: «»\n    runs-on: x\n    steps: [{ run: ls }]\n", "on: push\njobs:\n  a:\n    permissions: { contents: read }\n    runs-on: x\n    steps: [{ run: ls }]\n"),
        ("permissions-all", "on: push\npermissions: write-all «»\njobs: { a: { runs-on: x, steps: [{ run: ls }] } }\n", "on: push\npermissions: read-all\njobs: { a: { runs-on: x, steps: [{ run: ls }] } }\n"),
        ("permissions-all", Job("runs-on: x", "permissions: write-all «»", "steps: [{ run: ls }]"), Job("runs-on: x", "permissions: { contents: write }", "steps: [{ run: ls }]")),
        ("untrusted-checkout", On("pull_request_target", $"uses: actions/checkout@{Sha} «»", "with: { ref: \"${{ github.event.pull_request.head.sha }}\" }"), On("pull_request", $"uses: actions/checkout@{Sha}", "with: { ref: \"${{ github.event.pull_request.head.sha }}\" }")),
        ("untrusted-checkout", On("[push, workflow_run]", $"uses: actions/checkout@{Sha} «»", "with: { ref: \"${{ github.event.workflow_run.head_sha }}\" }"), On("[push, workflow_run]", $"uses: actions/checkout@{Sha}")),
        ("untrusted-checkout", On("{ issue_comment: { types: [created] } }", "run: gh pr checkout 1 «»"), On("{ issue_comment: { types: [created] } }", "run: gh pr view 1")),
        ("credentials-kept", Job("runs-on: x", "steps:", $"  - uses: actions/checkout@{Sha} «»", "  - run: make"), Job("runs-on: x", "steps:", $"  - uses: actions/checkout@{Sha}", "    with: { persist-credentials: false }", "  - run: make")),
        ("secrets-inherited", Job($"uses: acme/flows/.github/workflows/x.yml@{Sha}", "secrets: inherit «»"), Job($"uses: acme/flows/.github/workflows/x.yml@{Sha}", "secrets: { TOKEN: \"${{ secrets.TOKEN }}\" }")),
        ("secrets-inherited", Job($"uses: acme/flows/.github/workflows/x.yml@{Sha}", "secrets: inherit «»"), Job($"uses: octo/flows/.github/workflows/x.yml@{Sha}", "secrets: inherit")),
        ("secrets-inherited", Job($"uses: acme/flows/.github/workflows/x.yml@{Sha}", "secrets: inherit «»"), Job("uses: OWNER/REPO/.github/workflows/release.yml@v1", "secrets: inherit")),
        ("runner-shared", "on: [pull_request]\npermissions: {}\njobs:\n  a:\n    runs-on: [self-hosted, linux] «»\n    steps: [{ run: ls }]\n", "on: [push]\npermissions: {}\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    steps: [{ run: ls }]\n"),
        ("image-unpinned", Job("runs-on: x", "container: node:22 «»", "steps: [{ run: ls }]"), Job("runs-on: x", $"container: node:22@sha256:{new string('a', 64)}", "steps: [{ run: ls }]")),
        ("image-unpinned", Job("runs-on: x", "services:", "  db:", "    image: postgres:15 «»", "steps: [{ run: ls }]"), Job("runs-on: x", "services:", "  db:", $"    image: postgres:15@sha256:{new string('a', 64)}", "steps: [{ run: ls }]")),
        ("image-unpinned", Step("uses: docker://alpine:3 «»"), Step($"uses: docker://alpine@sha256:{new string('a', 64)}")),
        ("workflow-unreadable", "on: push\njobs:\n  a: [ «»\n", "on: push\npermissions: {}\njobs: {}\n"),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Pairs.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_rule_finds_the_file_that_breaks_it_and_only_that(int row)
    {
        var (rule, bad, good) = Pairs[row];
        var line = 1 + bad[..bad.IndexOf('«', StringComparison.Ordinal)].Count(character => character == '\n');

        var findings = Scan(bad.Replace(" «»", "", StringComparison.Ordinal));

        findings.Where(finding => finding.Rule == rule).Select(finding => rule == "workflow-unreadable" ? line : finding.Line).ShouldBe([line], bad);
        findings.Select(finding => finding.Rule).Distinct().ShouldBe([rule], bad);
        Scan(good).ShouldBeEmpty(good);
    }

    [Fact]
    public void Every_rule_of_workflows_has_its_pair() =>
        Pairs.Select(pair => pair.Rule).Distinct().ShouldBe(SecurityRules.All.Where(rule => rule.Area == ScanArea.Workflows).Append(SecurityRules.ImageUnpinned).Select(rule => rule.Id), ignoreOrder: true);

    [Fact]
    public void A_composite_action_keeps_the_rules_for_steps()
    {
        var findings = Scan("runs:\n  using: composite\n  steps:\n    - uses: actions/setup-node@v4\n    - shell: bash\n      run: |\n        echo ${{ inputs.name }}\n");

        findings.Select(finding => (finding.Rule, finding.Line)).ShouldBe([("action-unpinned", 4), ("script-injection", 7)]);
    }

    [Fact]
    public void Anchors_are_read_as_GitHub_reads_them()
    {
        var findings = Scan("on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps: &steps\n      - uses: actions/checkout@v4\n  b:\n    runs-on: x\n    steps: *steps\n");

        findings.Select(finding => finding.Line).ShouldBe([7, 7]);
    }

    [Theory]
    [InlineData("a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]\n")]
    [InlineData("a: &a { b: *a }\n")]
    [InlineData("a: *nothing\n")]
    [InlineData("? [a, b]\n: c\n")]
    [InlineData("")]
    [InlineData("--- a\n--- b\n: :\n\t- x")]
    public void A_file_that_is_made_to_hurt_is_a_finding_at_most(string text)
    {
        var findings = Scan(text);

        findings.Select(finding => finding.Rule).Except(["workflow-unreadable"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_file_without_end_is_not_read()
    {
        Scan("jobs: { a: { steps: [ " + string.Concat(Enumerable.Repeat("{ run: ls }, ", 100_000)) + "] } }").ShouldHaveSingleItem().Rule.ShouldBe("workflow-unreadable");
        Scan(string.Concat(Enumerable.Repeat("[", 100_000))).ShouldHaveSingleItem().Rule.ShouldBe("workflow-unreadable");
    }

    [Fact]
    public void What_is_no_workflow_says_nothing() => Scan("version: 2\nupdates: []\n").ShouldBeEmpty();

    [Fact]
    public void An_id_stays_when_lines_move()
    {
        var (one, other) = (Scan(Step("uses: actions/checkout@v4"))[0], Scan("# a comment\n" + Step("uses: actions/checkout@v4"))[0]);

        (one.Line + 1, one.Id).ShouldBe((other.Line, other.Id));
    }

    [Fact]
    public void Random_bytes_never_end_in_anything_but_findings()
    {
        var random = new Random(7);
        var template = Encoding.UTF8.GetBytes(Pairs[30].Bad);
        for (var round = 0; round < 2_000; round++)
        {
            byte[] changed = [.. template];
            for (var change = 0; change < 3; change++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            Should.NotThrow(() => WorkflowScan.Read("x.yml", changed, Surroundings));
        }
    }

    private static readonly WorkflowSurroundings Surroundings = new(
        "octo/perps", ["OWNER/REPO"], (file, environment) => (file, environment) switch { ("solana-release.yml", "staging") => "devnet", ("solana-release.yml", "production") => "mainnet-beta", _ => null });

    private static IReadOnlyList<ScanFinding> Scan(string text) => WorkflowScan.Read(".github/workflows/x.yml", Encoding.UTF8.GetBytes(text), Surroundings);

    private static string Job(params string[] lines) => $"on: push\npermissions: {{}}\njobs:\n  a:\n{string.Concat(lines.Select(line => $"    {line}\n"))}";

    private static string Step(params string[] lines) => Job(["runs-on: x", "steps:", $"  - {lines[0]}", .. lines.Skip(1).Select(line => $"    {line}")]);

    private static string On(string trigger, params string[] step) => Step(step).Replace("on: push", $"on: {trigger}", StringComparison.Ordinal);

    private static string Deploy(string with, string more = "name: x", string at = "") => Job("runs-on: x", more, "steps:", $"  - uses: $/actions/solana-deploy {at}".TrimEnd(), $"    with: {{ {with} }}");

    /// <summary>To staging and to production, each behind its environment.</summary>
    private static string Two(string first, string second, string at = "") =>
        Job("runs-on: x", "environment: staging", "steps:", "  - uses: $/actions/solana-deploy", $"    with: {{ cluster: devnet, {first} }}")
        + string.Concat(new[] { "runs-on: x", "environment: production", "steps:", "  - id: promote", "    uses: $/actions/promote-artifact", $"  - uses: $/actions/solana-deploy {at}".TrimEnd(), $"    with: {{ cluster: mainnet-beta, {second} }}" }.Select(line => $"    {line}\n").Prepend("  b:\n"));
}
