using System.Runtime.Versioning;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.SecurityScan;

/// <summary>What Microsoft's validator says of the one file that everything is merged into.</summary>
[SupportedOSPlatform("linux")]
public sealed class SecuritySarifTests
{
    [Fact]
    public async Task A_merged_file_is_valid_and_fit_for_code_scanning()
    {
        using var repository = ScannedRepository.Seeded();
        repository.Put("reports/codeql.sarif", ScannedRepository.Sarif("CodeQL", "warning", "src/lib.rs", "rust/unused"));
        repository.Put("waivers.yml", "version: 1\nwaivers:\n  - { rule: CodeQL/rust/unused, path: '**', reason: Not used yet, until: 2100-01-01 }\n  - { rule: image-unpinned, path: '**', reason: Later, until: 2100-01-01 }\n");

        var run = await repository.ScanAsync(("sarif-files", "reports/*.sarif"), ("sarif-file", "security.sarif"), ("waivers", "waivers.yml"));

        (run.Exit, run["waived"]).ShouldBe((4, "2"), run.ToString());
        SarifValidator.Complaints(repository.Workspace.At("security.sarif")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_clean_one_is_valid_too()
    {
        using var repository = ScannedRepository.Clean();

        await repository.ScanAsync(("sarif-file", "security.sarif"));

        SarifValidator.Complaints(repository.Workspace.At("security.sarif")).ShouldBeEmpty();
    }
}
