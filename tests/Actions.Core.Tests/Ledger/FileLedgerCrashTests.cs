using System.Text.Json.Nodes;
using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class FileLedgerCrashTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_crash_at_any_byte_of_the_last_line_loses_that_line_at_most_and_is_healed_by_the_next_append()
    {
        byte[] whole = [.. LedgerLine.Write(Make.Event("A")), .. LedgerLine.Write(Make.Event("B"))];
        var last = LedgerLine.Write(Make.Event("C") with { Reason = "ü \"quoted\"", Slot = 12 });

        for (var length = 0; length <= last.Length; length++)
        {
            // A whole event that lacks nothing but its line end counts: its bytes cannot be the half of anything else.
            string[] survivors = length >= last.Length - 1 ? ["A", "B", "C"] : ["A", "B"];
            folder.WriteFile([.. whole, .. last[..length]]);

            (await folder.ReadIdsAsync()).ShouldBe(survivors, $"torn after {length} bytes");
            await folder.AppendAsync("D");

            (await folder.ReadIdsAsync()).ShouldBe([.. survivors, "D"], $"healed after {length} bytes");
            folder.Lines.Select(line => JsonNode.Parse(line)!["id"]!.GetValue<string>()).ShouldBe([.. survivors, "D"]);
        }
    }

    [Fact]
    public async Task A_crash_in_the_very_first_line_leaves_an_empty_ledger()
    {
        folder.WriteFile(LedgerLine.Write(Make.Event("A"))[..20]);

        (await folder.ReadIdsAsync()).ShouldBeEmpty();
        await folder.AppendAsync("B");

        (await folder.ReadIdsAsync()).ShouldBe(["B"]);
    }

    [Fact]
    public async Task A_power_cut_that_left_zeros_at_the_end_is_healed()
    {
        folder.WriteFile([.. LedgerLine.Write(Make.Event("A")), .. new byte[300]]);

        (await folder.ReadIdsAsync()).ShouldBe(["A"]);
        await folder.AppendAsync("B");

        folder.Lines.Length.ShouldBe(2);
        (await folder.ReadIdsAsync()).ShouldBe(["A", "B"]);
    }

    [Fact]
    public async Task A_writer_that_the_kernel_ended_in_the_middle_of_a_write_left_half_a_line_that_is_healed()
    {
        using var child = LedgerChild.Start("append-die-full", folder.Path, "5000");
        var promised = child.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        File.ReadAllBytes(folder.File)[^1].ShouldNotBe((byte)'\n');

        (await folder.ReadIdsAsync()).ShouldBe(promised);
        await folder.AppendAsync("after");

        (await folder.ReadIdsAsync()).ShouldBe([.. promised, "after"]);
        folder.Lines.Length.ShouldBe(promised.Length + 1);
    }

    [Fact]
    public async Task A_writer_killed_at_any_moment_keeps_every_event_it_was_promised_and_blocks_nobody()
    {
        var promised = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            using var child = LedgerChild.Start("append", folder.Path, $"round-{round}", "100000");
            promised.Add((await child.Output.ReadLineAsync())!);
            await Task.Delay(7 * round);
            child.Kill();
            promised.AddRange(child.Output.ReadToEnd().Split('\n')[..^1]);

            await folder.AppendAsync($"survivor-{round}");
            promised.Add($"survivor-{round}");
        }

        // What the dead had written but not yet said is there as well: one event each at most.
        var kept = await folder.ReadIdsAsync();
        promised.Except(kept).ShouldBeEmpty();
        kept.Length.ShouldBeInRange(promised.Count, promised.Count + 6);
        folder.Lines.ShouldAllBe(line => JsonNode.Parse(line, null, default) != null);
    }
}
