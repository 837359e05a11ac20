using System.Reflection;
using System.Text.RegularExpressions;
using Actions.Core.Faults;

namespace Actions.Core.Tests.Conventions;

public sealed partial class FaultDocumentTests
{
    private static readonly FaultCode[] Codes =
        [.. typeof(FaultCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (FaultCode)field.GetValue(null)!)];

    [Fact]
    public void Every_code_is_documented_with_its_exit_code_and_meaning() =>
        Rows().Select(row => row.Groups).Select(row => (row["code"].Value, row["exit"].Value, row["meaning"].Value)).ShouldBe(
            Codes.Select(code => (code.Name, ((int)code.Exit).ToString(System.Globalization.CultureInfo.InvariantCulture), code.Meaning)), ignoreOrder: true);

    [Fact]
    public void Every_code_says_what_to_do() => Rows().ShouldAllBe(row => row.Groups["todo"].Value.Length > 10);

    [Fact]
    public void Codes_are_unique_and_kebab_case()
    {
        Codes.Select(code => code.Name).ShouldBeUnique();
        Codes.ShouldAllBe(code => Kebab().IsMatch(code.Name));
    }

    [Theory]
    [InlineData(ExitCode.Input, "input-missing input-unknown-value path-outside file-unreadable address-not-key key-length key-mismatch cluster-mismatch elf-invalid elf-machine elf-too-large manifest-mismatch nothing-to-verify")]
    [InlineData(ExitCode.Refused, "sbpf-not-enabled program-missing program-closed program-immutable authority-mismatch balance spend-cap programdata-funded buffer-foreign program-changed declared-id-mismatch verifier-rejected")]
    [InlineData(ExitCode.Verdict, "hash-mismatch gate-unmet gate-unknowable variant-missing tampered smoke-failed")]
    [InlineData(ExitCode.Unavailable, "rpc-unreachable rpc-invalid-answer rpc-too-large timeout ledger-failed store-failed")]
    [InlineData(ExitCode.Secret, "secret-denied secret-missing")]
    public void The_codes_of_the_contract_keep_their_exit_codes(ExitCode exit, string names) =>
        names.Split(' ').ShouldAllBe(name => Codes.Single(code => code.Name == name).Exit == exit);

    private static List<Match> Rows() =>
        [.. Repository.Read("docs/faults.md").Split('\n').Select(line => Row().Match(line)).Where(match => match.Success)];

    [GeneratedRegex(@"\A\| `(?<code>[^`]+)` \| (?<exit>[0-9]+) \| (?<meaning>[^|]+) \| (?<todo>[^|]+) \|\z")]
    private static partial Regex Row();

    [GeneratedRegex(@"\A[a-z]+(-[a-z]+)*\z")]
    private static partial Regex Kebab();
}
