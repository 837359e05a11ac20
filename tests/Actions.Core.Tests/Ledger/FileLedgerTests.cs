using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Actions.Core.Faults;
using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

[SupportedOSPlatform("linux")]
public sealed class FileLedgerTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_ledger_that_does_not_exist_holds_no_records_and_reading_creates_nothing()
    {
        (await folder.ReadIdsAsync()).ShouldBeEmpty();
        (await folder.Ledger.ReadAllAsync(CancellationToken.None)).ShouldBeEmpty();

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_appended_is_read_back_with_every_field()
    {
        await folder.Ledger.AppendAsync(Make.Full(), CancellationToken.None);

        var record = (await folder.Ledger.ReadAsync(Make.Environment, Make.Program, CancellationToken.None)).Single();

        LedgerLine.Write(record.Facts).ShouldBe(LedgerLine.Write(Make.Full()));
    }

    [Fact]
    public async Task The_file_holds_one_line_of_json_per_event_where_the_contract_says()
    {
        await folder.AppendAsync("A");
        await folder.AppendAsync("B");

        Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldBe([folder.File]);
        folder.Lines.Select(line => JsonNode.Parse(line)!["id"]!.GetValue<string>()).ShouldBe(["A", "B"]);
        File.ReadAllBytes(folder.File)[^1].ShouldBe((byte)'\n');
    }

    [Fact]
    public async Task Every_environment_and_program_is_a_key_of_its_own()
    {
        await folder.AppendAsync("A");
        await folder.Ledger.AppendAsync(Make.Event("B") with { Environment = "mainnet beta.2" }, CancellationToken.None);
        await folder.Ledger.AppendAsync(Make.Event("C") with { ProgramId = Make.AddressOf(8) }, CancellationToken.None);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(folder.File)!, "README.md"), "not ours");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(folder.File)!, "notes.jsonl"), "not ours");

        (await folder.ReadIdsAsync()).ShouldBe(["A"]);
        (await folder.Ledger.ReadAllAsync(CancellationToken.None)).Select(record => record.Id).Order().ShouldBe(["A", "B", "C"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../production")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("/etc")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u202eb")]
    public async Task An_environment_that_could_be_a_path_is_refused(string environment)
    {
        var append = await Should.ThrowAsync<FaultException>(
            folder.Ledger.AppendAsync(Make.Event("A") with { Environment = environment }, CancellationToken.None));
        var read = await Should.ThrowAsync<FaultException>(
            folder.Ledger.ReadAsync(environment, Make.Program, CancellationToken.None));

        append.Faults.Single().Code.ShouldBe(FaultCodes.InputInvalid);
        read.Faults.Single().Code.ShouldBe(FaultCodes.InputInvalid);
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void An_environment_is_as_long_as_a_file_name_can_be(int length, bool usable)
    {
        EnvironmentName.IsUsable(new string('a', length)).ShouldBe(usable);
        EnvironmentName.IsUsable(new string('ä', length)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_in_place_of_the_file_is_refused_whatever_it_points_to()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File)!);
        File.CreateSymbolicLink(folder.File, "/dev/full");

        await ShouldFail(() => folder.AppendAsync("A"));
        await ShouldFail(() => folder.ReadIdsAsync());
    }

    [Fact]
    public async Task A_folder_in_place_of_the_file_is_a_ledger_that_failed()
    {
        Directory.CreateDirectory(folder.File);

        await ShouldFail(() => folder.AppendAsync("A"));
        await ShouldFail(() => folder.ReadIdsAsync());
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_a_ledger_that_failed()
    {
        File.WriteAllText(Path.Combine(folder.Path, "ledger"), "");

        await ShouldFail(() => folder.AppendAsync("A"));
    }

    [Fact]
    public void A_folder_that_may_not_be_written_is_a_ledger_that_failed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File)!);
        foreach (var path in new[] { Path.GetDirectoryName(folder.File)!, Path.Combine(folder.Path, "ledger"), folder.Path })
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        using var child = LedgerChild.Start("append-unprivileged", folder.Path);

        child.ReadToEnd().Trim().ShouldBe("fault ledger-failed 5");
        foreach (var path in new[] { folder.Path, Path.Combine(folder.Path, "ledger"), Path.GetDirectoryName(folder.File)! })
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_ledger_on_a_read_only_disk_can_still_be_read()
    {
        await folder.AppendAsync("A");
        File.SetUnixFileMode(folder.File, UnixFileMode.UserRead);

        (await folder.ReadIdsAsync()).ShouldBe(["A"]);
    }

    [Fact]
    public async Task A_disk_that_fills_up_in_the_middle_of_a_line_leaves_whole_lines_only()
    {
        using var child = LedgerChild.Start("append-full-disk", folder.Path, "5000");

        var said = child.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        said[^1].ShouldBe("fault ledger-failed 5");
        said.Length.ShouldBeGreaterThan(3);
        File.ReadAllBytes(folder.File)[^1].ShouldBe((byte)'\n');
        (await folder.ReadIdsAsync()).ShouldBe(said[..^1]);
        await folder.AppendAsync("after");
        (await folder.ReadIdsAsync()).ShouldBe([.. said[..^1], "after"]);
    }

    [Fact]
    public async Task A_writer_that_holds_the_file_too_long_is_waited_for_and_then_given_up()
    {
        await folder.AppendAsync("A");
        var impatient = new FileLedger(folder.Path, TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(50) };
        using (File.OpenHandle(folder.File, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await ShouldFail(() => impatient.AppendAsync(Make.Event("B"), CancellationToken.None));
            await ShouldFail(() => impatient.ReadAsync(Make.Environment, Make.Program, CancellationToken.None));
        }

        await impatient.AppendAsync(Make.Event("C"), CancellationToken.None);
        (await folder.ReadIdsAsync()).ShouldBe(["A", "C"]);
    }

    [Fact]
    public async Task A_cancelled_run_does_not_wait_for_other_writers()
    {
        await folder.AppendAsync("A");
        using var held = File.OpenHandle(folder.File, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Should.ThrowAsync<OperationCanceledException>(folder.Ledger.AppendAsync(Make.Event("B"), cancellation.Token));
    }

    [Fact]
    public async Task An_event_too_long_to_be_read_again_is_not_written()
    {
        var entry = Make.Event("A") with { Reason = new string('x', LedgerLine.MaxLength) };

        await ShouldFail(() => folder.Ledger.AppendAsync(entry, CancellationToken.None));

        File.Exists(folder.File).ShouldBeFalse();
    }

    [Fact]
    public async Task The_longest_event_is_read_again()
    {
        var entry = Make.Event("A") with { Reason = "" };
        entry = entry with { Reason = new string('x', LedgerLine.MaxLength - LedgerLine.Write(entry).Length) };

        await folder.Ledger.AppendAsync(entry, CancellationToken.None);
        await folder.AppendAsync("B");

        new FileInfo(folder.File).Length.ShouldBeGreaterThan(LedgerLine.MaxLength);
        (await folder.ReadIdsAsync()).ShouldBe(["A", "B"]);
    }

    [Fact]
    public async Task No_ledger_keeps_nothing()
    {
        var none = new NoLedger();

        await none.AppendAsync(Make.Full(), CancellationToken.None);

        (await none.ReadAsync(Make.Environment, Make.Program, CancellationToken.None)).ShouldBeEmpty();
        (none.Description, folder.Ledger.Description).ShouldBe(("none", $"file:{folder.Path}"));
    }

    private static async Task ShouldFail(Func<Task> work)
    {
        var fault = (await Should.ThrowAsync<FaultException>(work)).Faults.Single();
        fault.Code.ShouldBe(FaultCodes.LedgerFailed);
    }
}
