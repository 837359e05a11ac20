using System.Text.Json.Nodes;

namespace Actions.Core.Tests.Ledger;

public sealed class FileLedgerWritersTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Many_threads_at_once_lose_no_line_and_break_none()
    {
        const int Writers = 16;
        const int Each = 25;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync($"thread-{writer}", Each))));

        await ShouldHold(Writers * Each);
    }

    [Fact]
    public async Task Many_processes_and_threads_at_once_lose_no_line_and_break_none()
    {
        const int Processes = 4;
        const int Each = 40;
        var children = Enumerable.Range(0, Processes)
            .Select(child => LedgerChild.Start("append", folder.Path, $"process-{child}", $"{Each}")).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync($"thread-{writer}", Each))));
        foreach (var child in children)
        {
            child.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(Each);
            child.Dispose();
        }

        await ShouldHold((Processes + 4) * Each);
    }

    [Fact]
    public async Task Readers_among_writers_see_whole_events_only_and_never_fewer_than_before()
    {
        using var child = LedgerChild.Start("append", folder.Path, "process", "60");
        var writer = Task.Run(() => WriteAsync("thread", 60));
        var seen = 0;
        while (seen < 120)
        {
            var now = (await folder.ReadIdsAsync()).Length;
            now.ShouldBeGreaterThanOrEqualTo(seen);
            seen = now;
        }

        await writer;
        child.ReadToEnd();
        await ShouldHold(120);
    }

    private async Task WriteAsync(string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await folder.Ledger.AppendAsync(Make.Event($"{name}-{i}") with { Reason = new string('x', i * 97) }, CancellationToken.None);
        }
    }

    private async Task ShouldHold(int count)
    {
        var ids = folder.Lines.Select(line => JsonNode.Parse(line)!["id"]!.GetValue<string>()).ToList();
        ids.Distinct().Count().ShouldBe(count);
        ids.Count.ShouldBe(count);
        (await folder.ReadIdsAsync()).ShouldBe(ids);

        // Each writer's own events are in its own order.
        foreach (var own in ids.GroupBy(id => id[..id.LastIndexOf('-')]))
        {
            own.ShouldBe(Enumerable.Range(0, own.Count()).Select(i => $"{own.Key}-{i}"));
        }
    }
}
