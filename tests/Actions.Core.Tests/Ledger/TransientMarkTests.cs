using System.Text.Json;
using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class TransientMarkTests
{
    private const string Kind = "solana-actions/doctor";
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TransientMark Ours = new(Kind, "01JZZZZZZZZZZZZZZZZZZZZZZA", "production", Now, 1800) { RunUrl = "https://github.com/octo/perps/actions/runs/8/attempts/1" };
    private static readonly TransientMark Theirs = Ours with { Id = "01JZZZZZZZZZZZZZZZZZZZZZZB", RunUrl = "https://github.com/octo/perps/actions/runs/7/attempts/1" };

    public static TheoryData<TransientMark, Liveness, Liveness, bool> Cases => new()
    {
        { Theirs, Liveness.Over, Liveness.Unknown, true },
        { Theirs, Liveness.Running, Liveness.Unknown, false },
        { Theirs, Liveness.Unknown, Liveness.Unknown, false },
        { Theirs with { StartedAt = Now.AddMinutes(-31) }, Liveness.Unknown, Liveness.Unknown, true },
        { Theirs with { Host = "here", Pid = 4, ProcessStart = "1@2" }, Liveness.Unknown, Liveness.Over, true },
        { Theirs with { Host = "here", Pid = 4, ProcessStart = "1@2" }, Liveness.Over, Liveness.Running, false },
        { Theirs with { RunUrl = Ours.RunUrl }, Liveness.Running, Liveness.Unknown, true },
        { Theirs with { Environment = "staging" }, Liveness.Over, Liveness.Unknown, false },
        { Theirs with { Kind = "something else" }, Liveness.Over, Liveness.Unknown, false },
        { Ours, Liveness.Over, Liveness.Unknown, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_leftover_is_of_the_same_purpose_and_of_a_run_that_is_over(TransientMark other, Liveness onGitHub, Liveness here, bool isLeftover)
    {
        var probe = new RunProbe((_, _) => Task.FromResult(onGitHub), (_, _) => here);

        (await other.IsLeftoverForAsync(Ours, Now, probe, default)).ShouldBe(isLeftover);
    }

    [Fact]
    public void It_is_read_as_it_was_written_as_an_object_and_as_a_text()
    {
        var mark = TransientMark.Here(Kind, "01JZZZZZZZZZZZZZZZZZZZZZZC", "production", Now, TimeSpan.FromMinutes(30), null);

        TransientMark.TryRead(mark.ToJson()).ShouldBe(mark);
        TransientMark.TryRead(mark.ToElement()).ShouldBe(mark);
        using var text = JsonDocument.Parse($"\"{JsonEncodedText.Encode(mark.ToJson())}\"");
        TransientMark.TryRead(text.RootElement).ShouldBe(mark);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":null,"id":"a","environment":"b","started-at":"2026-12-01T08:00:00Z","timeout-seconds":1}""")]
    [InlineData("""{"kind":"a","id":"a","environment":"b","started-at":"soon","timeout-seconds":1}""")]
    public void What_is_no_mark_is_none(string text) => TransientMark.TryRead(text).ShouldBeNull();
}
