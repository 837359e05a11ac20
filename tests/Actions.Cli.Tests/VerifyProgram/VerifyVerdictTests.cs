using System.Security.Cryptography;
using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

public sealed class VerifyVerdictTests
{
    private static readonly byte[] File = [.. Enumerable.Range(1, 200).Select(value => (byte)value), 0, 0, 0];
    private static readonly Address Id = TestKey.From("verdict program").Address;
    private static readonly Address Authority = TestKey.From("verdict authority").Address;
    private static readonly Address Other = TestKey.From("verdict other").Address;

    public enum Known
    {
        File,
        Manifest,
        Hash,
    }

    [Theory]
    [InlineData(Known.File)]
    [InlineData(Known.Manifest)]
    [InlineData(Known.Hash)]
    public void The_bytes_expected_in_an_account_with_room_are_a_match(Known known)
    {
        var verdict = Of(Request(known, File), [.. File, .. new byte[1_000]]);

        verdict.IsPositive.ShouldBeTrue();
        verdict.Findings.ShouldBeEmpty();
        verdict.Count(CheckResult.Passed).ShouldBe(2);
        verdict.RunsOtherBytes.ShouldBeFalse();
    }

    [Theory]
    [InlineData(Known.File, 0)]
    [InlineData(Known.File, 100)]
    [InlineData(Known.File, 199)]
    [InlineData(Known.File, 201)]
    [InlineData(Known.Manifest, 100)]
    [InlineData(Known.Hash, 100)]
    public void One_byte_that_differs_is_a_mismatch(Known known, int at)
    {
        var data = File.ToArray();
        data[at] ^= 0x80;

        var verdict = Of(Request(known, File), data);

        var finding = verdict.Findings.ShouldHaveSingleItem();
        finding.Kind.ShouldBe(FindingKinds.HashMismatch);
        finding.Severity.ShouldBe(Severity.Error);
        finding.ToFault(FailOn.Error).Code.ShouldBe(FaultCodes.HashMismatch);
        finding.Found.ShouldContain(Hash(data));
        if (known == Known.File)
        {
            finding.Found.ShouldContain($"the first difference is at byte {at} of 203");
        }

        verdict.IsPositive.ShouldBeFalse();
        verdict.RunsOtherBytes.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Known.File)]
    [InlineData(Known.Manifest)]
    public void Bytes_after_the_file_are_a_finding_of_their_own(Known known)
    {
        var verdict = Of(Request(known, File), [.. File, 0, 9, 0, 8, 0]);

        var finding = verdict.Findings.ShouldHaveSingleItem();
        finding.Kind.ShouldBe(FindingKinds.TailNotZero);
        finding.Found.ShouldContain("2 other bytes, the first at 204");
        finding.ToFault(FailOn.Error).Code.ShouldBe(FaultCodes.HashMismatch);
        verdict.IsPositive.ShouldBeFalse();
    }

    /// <summary>Which is all that a hash can say about it.</summary>
    [Fact]
    public void Bytes_after_the_file_are_a_mismatch_to_a_hash() =>
        Of(Request(Known.Hash, File), [.. File, 0, 9]).Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKinds.HashMismatch);

    [Theory]
    [InlineData(Known.File, FailOn.Error, true)]
    [InlineData(Known.File, FailOn.Warning, false)]
    [InlineData(Known.Manifest, FailOn.Error, true)]
    public void A_program_with_fewer_zeros_at_its_end_than_the_file_is_a_warning(Known known, FailOn failOn, bool isPositive)
    {
        var verdict = Of(Request(known, File) with { FailOn = failOn }, File[..^2]);

        var finding = verdict.Findings.ShouldHaveSingleItem();
        finding.Kind.ShouldBe(FindingKinds.TrailingZeros);
        finding.Severity.ShouldBe(Severity.Warning);
        verdict.IsPositive.ShouldBe(isPositive);
        verdict.RunsOtherBytes.ShouldBeTrue();
    }

    [Fact]
    public void Zeros_at_the_end_do_not_matter_to_a_hash() => Of(Request(Known.Hash, File), File[..^2]).Findings.ShouldBeEmpty();

    [Fact]
    public void A_program_that_holds_only_the_start_of_the_file_is_a_mismatch() =>
        Of(Request(Known.File, File), File[..50]).Findings.ShouldHaveSingleItem().Found.ShouldContain("only the first 50 of the file's 203 bytes");

    [Fact]
    public void A_manifest_whose_hashes_do_not_belong_together_verifies_nothing()
    {
        var request = Request(Known.Manifest, File);
        request = request with { Bytes = request.Bytes! with { ExecutableHash = new string('a', 64) } };

        Of(request, File).Findings.ShouldHaveSingleItem().Found.ShouldContain("its executable-hash there is wrong");
    }

    [Fact]
    public void Without_an_expectation_the_bytes_are_not_compared() =>
        Of(new VerifyRequest { ProgramId = Id, SecurityTxt = SecurityTxtRule.Warn }, File).Checks.Select(check => check.Name).ShouldBe(["Program", "security.txt"]);

    [Theory]
    [InlineData("any", "some", null)]
    [InlineData("any", "none", null)]
    [InlineData("none", "none", null)]
    [InlineData("none", "some", "who can replace the program at any time")]
    [InlineData("some", "some", null)]
    [InlineData("some", "none", "found none: the program is immutable")]
    [InlineData("some", "other", "who can replace the program at any time")]
    public void The_authority_is_compared_with_the_one_expected(string expected, string found, string? finding)
    {
        var request = Request(Known.File, File) with
        {
            Authority = expected switch { "any" => new ExpectedAuthority.Any(), "none" => new ExpectedAuthority.Nobody(), _ => new ExpectedAuthority.Exactly(Authority) },
        };
        Address? authority = found switch { "some" => Authority, "other" => Other, _ => null };

        var verdict = VerifyVerdict.Of(request, new ProgramOnChain.Running(7, authority, File));

        verdict.Authority.ShouldBe(authority?.ToString() ?? "none");
        verdict.IsPositive.ShouldBe(finding is null);
        verdict.Findings.Select(open => open.Kind).ShouldBe(finding is null ? [] : [FindingKinds.AuthorityMismatch]);
        if (finding is not null)
        {
            verdict.Findings[0].Found.ShouldContain(finding);
        }
    }

    [Theory]
    [InlineData(SecurityTxtRule.Off, null, null, true)]
    [InlineData(SecurityTxtRule.Warn, null, "security-txt-missing", true)]
    [InlineData(SecurityTxtRule.Require, null, "security-txt-missing", false)]
    [InlineData(SecurityTxtRule.Off, "name\0A\0", null, true)]
    [InlineData(SecurityTxtRule.Warn, "name\0A\0", "security-txt-invalid", true)]
    [InlineData(SecurityTxtRule.Require, "name\0A\0", "security-txt-invalid", false)]
    [InlineData(SecurityTxtRule.Require, "name\0A\0project_url\0b\0contacts\0c\0policy\0d\0", null, true)]
    public void Security_txt_is_as_bad_as_the_input_says(SecurityTxtRule rule, string? body, string? finding, bool isPositive)
    {
        byte[] data = body is null ? File : [.. File, .. SecurityTxtOf(body)];

        var verdict = Of(new VerifyRequest { ProgramId = Id, SecurityTxt = rule }, data);

        verdict.Findings.Select(open => open.Kind.Id).ShouldBe(finding is null ? [] : [finding]);
        verdict.IsPositive.ShouldBe(isPositive);
    }

    [Theory]
    [InlineData("source_code\0https://github.com/perps/token\0", "https://github.com/perps/token", null, CheckResult.Passed)]
    [InlineData("source_code\0https://github.com/other/token\0", "https://github.com/perps/token", "repository", CheckResult.Passed)]
    [InlineData("", "https://github.com/perps/token", null, CheckResult.Skipped)]
    public void The_repository_of_security_txt_is_a_warning_when_it_is_another(string body, string repository, string? input, CheckResult result)
    {
        var verdict = Of(new VerifyRequest { ProgramId = Id, Repository = new Uri(repository) }, [.. File, .. SecurityTxtOf(body)]);

        verdict.Findings.Select(finding => (finding.Kind, finding.Severity, finding.Input))
            .ShouldBe(input is null ? [] : [(FindingKinds.SourceMismatch, Severity.Warning, input)]);
        verdict.Checks[^1].Result(FailOn.Error).ShouldBe(result);
        verdict.IsPositive.ShouldBeTrue();
    }

    [Fact]
    public void Repository_and_commit_are_two_findings()
    {
        var verdict = Of(
            new VerifyRequest { ProgramId = Id, Repository = new Uri("https://github.com/perps/token"), Commit = "abcdef0", FailOn = FailOn.Warning },
            [.. File, .. SecurityTxtOf("source_code\0https://evil.example/perps/token\0source_revision\0v1.2.3\0")]);

        verdict.Findings.Select(finding => finding.Input).ShouldBe(["repository", "commit"]);
        verdict.IsPositive.ShouldBeFalse();
    }

    [Fact]
    public void What_a_program_says_about_itself_cannot_break_a_line()
    {
        var verdict = Of(
            new VerifyRequest { ProgramId = Id, Commit = "abcdef0", SecurityTxt = SecurityTxtRule.Warn },
            [.. File, .. SecurityTxtOf($"source_revision\0x\n::error::fake\u001b[31m{new string('y', 5_000)}\0")]);

        var finding = verdict.Findings.Single(open => open.Input == "commit");
        finding.Found.ShouldNotContain('\n');
        finding.Found.Length.ShouldBeLessThan(200);
        verdict.Checks[^1].Found.ShouldNotContain('\u001b');
    }

    [Theory]
    [InlineData("missing", "program-missing")]
    [InlineData("closed", "program-closed")]
    [InlineData("foreign", "program-foreign")]
    public void Where_no_program_is_nothing_else_is_compared(string found, string id)
    {
        ProgramOnChain program = found switch { "missing" => new ProgramOnChain.Missing("no account"), "closed" => new ProgramOnChain.Closed(), _ => new ProgramOnChain.Foreign("a wallet") };
        var request = Request(Known.File, File) with { Authority = new ExpectedAuthority.Nobody(), SecurityTxt = SecurityTxtRule.Require, Commit = "abcdef0" };

        var verdict = VerifyVerdict.Of(request, program);

        verdict.Findings.ShouldHaveSingleItem().Kind.Id.ShouldBe(id);
        verdict.IsPositive.ShouldBeFalse();
        verdict.Authority.ShouldBeNull();
        verdict.RunsOtherBytes.ShouldBeTrue();
        (verdict.Count(CheckResult.Passed), verdict.Count(CheckResult.Failed), verdict.Count(CheckResult.Skipped)).ShouldBe((0, 1, 4));
    }

    [Theory]
    [InlineData(FailOn.Error, Severity.Error, true, true)]
    [InlineData(FailOn.Error, Severity.Warning, false, false)]
    [InlineData(FailOn.Warning, Severity.Error, true, true)]
    [InlineData(FailOn.Warning, Severity.Warning, true, true)]
    [InlineData(FailOn.Never, Severity.Error, true, false)]
    [InlineData(FailOn.Never, Severity.Warning, false, false)]
    public void The_threshold_decides_the_exit_code_and_never_hides_an_error(FailOn failOn, Severity severity, bool refutes, bool fails)
    {
        var finding = new Finding(FindingKinds.AuthorityMismatch, severity, "Expected a", "found b", "do c", "expected-authority");

        failOn.Refutes(severity).ShouldBe(refutes);
        finding.ToFault(failOn).Severity.ShouldBe(fails ? Severity.Error : Severity.Warning);
        finding.ToFault(failOn).Message.ShouldBe("Expected a; found b (authority-mismatch); do c");
    }

    [Fact]
    public void A_program_of_the_largest_size_is_judged_at_once()
    {
        var data = new byte[LoaderProgram.MaxProgramLength];
        data[^1] = 1;

        Of(Request(Known.File, File), data).Findings.ShouldHaveSingleItem();
    }

    private static VerifyVerdict Of(VerifyRequest request, byte[] data) => VerifyVerdict.Of(request, new ProgramOnChain.Running(7, Authority, data));

    private static VerifyRequest Request(Known known, byte[] file) => new()
    {
        ProgramId = Id,
        Bytes = new ExpectedBytes(known == Known.Hash ? "expected-hash" : "program", "program.so", Hash(file))
        {
            File = known == Known.Hash ? null : new FileDigest(Convert.ToHexStringLower(SHA256.HashData(file)), file.Length),
            Content = known == Known.File ? file : null,
        },
    };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(ProgramBinary.HashOf(bytes));

    private static byte[] SecurityTxtOf(string body) =>
        Encoding.UTF8.GetBytes($"=======BEGIN SECURITY.TXT V1=======\0{body}=======END SECURITY.TXT V1=======\0");
}
